/** A complete HTTP answer. */
export type HttpAnswer = {
  readonly status: number
  /** Without a prototype; names are lower-case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The text; `expected` itself if the body equals it; bytes if there is a content-encoding. */
  readonly body: string | Buffer
}
