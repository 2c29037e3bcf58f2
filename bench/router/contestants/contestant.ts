/** What a contestant is told of the scenario. */
export type Setting = {
  /** The file of the supergraph SDL. */
  readonly supergraph: string
  readonly subgraphs: readonly { readonly name: string; readonly url: string; readonly sdl: string }[]
  /** Where files that are made for a run may lie. */
  readonly folder: string
  /** Where to listen, on 127.0.0.1. */
  readonly port: number
}

/** A router or a ceiling that scenarios can start. */
export type Contestant = {
  readonly name: string
  /** What was on that others may not have. */
  readonly note: string
  /** The folder under `peers/` whose packages it needs. */
  readonly peer?: string
  /** How `node` is started; writes what files it needs before. */
  readonly program: (setting: Setting) => ContestantProgram
}

export type ContestantProgram = {
  readonly args: readonly string[]
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
}
