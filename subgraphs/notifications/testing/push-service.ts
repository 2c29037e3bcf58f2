import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A browser's side of a subscription, which can decrypt what is posted to it (RFC 8291). */
export function aBrowser(endpoint: string) {
  const curve = createECDH('prime256v1')
  const publicKey = curve.generateKeys()
  const auth = randomBytes(16)

  /** @throws Error for a body that is not encrypted for this browser */
  function decrypt(body: Buffer): unknown {
    const [salt, keyLength] = [body.subarray(0, 16), body.readUInt8(20)]
    const sender = body.subarray(21, 21 + keyLength)
    const sealed = body.subarray(21 + keyLength)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender])
    const secret = Buffer.from(hkdfSync('sha256', curve.computeSecret(sender), auth, info, 32))
    const derive = (name: string, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${name}\0`, length))
    const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
    decipher.setAuthTag(sealed.subarray(-16))
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    // The delimiter of the last record (RFC 8188), and its padding.
    return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString())
  }

  const keys = { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') }
  return { subscription: { endpoint, ...keys }, decrypt }
}

/** The claims of a VAPID header (RFC 8292). @throws Error unless its key has signed them */
export function claimsOf(
  authorization: string,
  publicKey: string,
): { aud: string; exp: number; sub: string } {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  if (key !== publicKey) throw new Error(`the key is ${key}`)
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const [head = '', claims = '', signature = ''] = token.split('.')
  const signed = Buffer.from(`${head}.${claims}`)
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const form = { key: jwk, dsaEncoding: 'ieee-p1363' } as const
  if (!verify('sha256', signed, form, Buffer.from(signature, 'base64url')))
    throw new Error('the signature is wrong')
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

/** A received message. */
export type Posted = {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

type Answer = { readonly status: number; readonly headers?: Record<string, string> }

/** A push service on the loopback address (RFC 8030). It answers 201, or as the test says for a path. */
export async function openPushService() {
  const posted: Posted[] = []
  const answers = new Map<string, Answer>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      posted.push({ path, headers: request.headers, body: Buffer.concat(chunks) })
      const { status, headers } = answers.get(path) ?? { status: 201 }
      response.writeHead(status, headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  const { port } = server.address() as AddressInfo
  let count = 0
  return {
    url: `http://127.0.0.1:${port}`,
    /** A new browser with an endpoint here. */
    browser() {
      count += 1
      return aBrowser(`http://127.0.0.1:${port}/push/${count}`)
    },
    /** The messages received at an endpoint. */
    postedTo: (endpoint: string) => posted.filter(({ path }) => path === new URL(endpoint).pathname),
    answer: (endpoint: string, answer: Answer) => answers.set(new URL(endpoint).pathname, answer),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export type PushService = Awaited<ReturnType<typeof openPushService>>
