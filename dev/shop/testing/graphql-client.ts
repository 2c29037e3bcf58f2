/** The router's answer, for assertions. */
export type Answer = {
  readonly status: number
  // The test knows the shape of its own operation.
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path in assertions
  readonly data: any
  readonly errors: readonly {
    message: string
    path?: readonly (string | number)[]
    extensions?: Record<string, unknown>
  }[]
}

/** A client of the router that keeps its cookies and its access token. */
export type GraphqlClient = {
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>
  /** Signs the client in for its further requests. */
  useToken(accessToken: string): void
}

export type ClientOptions = {
  /** After it, a request without an answer fails; none by default. */
  readonly answerMs?: number
  /** The network address that a trusted proxy reports for each request; none by default. */
  readonly address?: () => string
}

export function graphqlClient(url: string, { answerMs, address }: ClientOptions = {}): GraphqlClient {
  const cookies = new Map<string, string>()
  let token: string | null = null
  return {
    useToken(accessToken) {
      token = accessToken
    },
    async ask(query, variables = {}) {
      const headers = new Headers({ 'content-type': 'application/json' })
      if (address) headers.set('x-forwarded-for', address())
      if (token) headers.set('authorization', `Bearer ${token}`)
      if (cookies.size > 0)
        headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query, variables }),
        ...(answerMs !== undefined && { signal: AbortSignal.timeout(answerMs) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        cookies.set(name, value)
      }
      // If the body has another shape, the assertions on it fail.
      const body = (await response.json()) as Partial<Answer>
      return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] }
    },
  }
}
