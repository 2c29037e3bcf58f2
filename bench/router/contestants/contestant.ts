/** The parameters of a scenario for a contestant. */
export type Setting = {
  /** The file of the supergraph SDL. */
  readonly supergraph: string
  readonly subgraphs: readonly { readonly name: string; readonly url: string; readonly sdl: string }[]
  /** The folder for files of the run. */
  readonly folder: string
  /** The port to listen on, on 127.0.0.1. */
  readonly port: number
}

/** A router or a ceiling that scenarios can start. */
export type Contestant = {
  readonly name: string
  /** Features that are on and that other contestants may lack. */
  readonly note: string
  /** The folder under `peers/` with the packages that it needs. */
  readonly peer?: string
  /** The `node` command line; writes the files that it needs first. */
  readonly program: (setting: Setting) => ContestantProgram
}

export type ContestantProgram = {
  readonly args: readonly string[]
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
}
