/** An HTTP answer, read whole. */
export type HttpAnswer = {
  readonly status: number
  /** Without a prototype; names are lower-case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Text; `expected` itself where it came; bytes where there is a content-encoding. */
  readonly body: string | Buffer
}
