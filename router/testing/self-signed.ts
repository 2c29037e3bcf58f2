import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

const [INTEGER, BIT_STRING, OCTET_STRING, OID, UTF8, SEQUENCE, SET, UTC_TIME] = [
  2, 3, 4, 6, 12, 0x30, 0x31, 0x17,
]
const DAY_MS = 86_400_000
const ED25519 = sequence(item(OID, Buffer.from('2b6570', 'hex')))

/** A self-signed certificate (RFC 5280) for `localhost` and 127.0.0.1, valid for a day. */
export function selfSigned(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signed = certificateBody(publicKey)
  const cert = sequence(signed, ED25519, bits(sign(null, signed, privateKey)))
  const lines = cert.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}

function certificateBody(publicKey: KeyObject): Buffer {
  const now = Date.now()
  const commonName = sequence(item(OID, Buffer.from('550403', 'hex')), item(UTF8, Buffer.from('localhost')))
  const name = sequence(item(SET, commonName))
  const localhost = item(0x82, Buffer.from('localhost'))
  const address = item(0x87, Buffer.from([127, 0, 0, 1]))
  const names = sequence(
    item(OID, Buffer.from('551d11', 'hex')),
    item(OCTET_STRING, sequence(localhost, address)),
  )
  return sequence(
    item(0xa0, item(INTEGER, Buffer.from([2]))),
    item(INTEGER, Buffer.from([1])),
    ED25519,
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    item(0xa3, sequence(names)),
  )
}

/** One item of DER (X.690). */
function item(tag: number, content: Buffer): Buffer {
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function sequence(...items: readonly Buffer[]): Buffer {
  return item(SEQUENCE, Buffer.concat(items))
}

function bits(content: Buffer): Buffer {
  return item(BIT_STRING, Buffer.concat([Buffer.from([0]), content]))
}

function utcTime(ms: number): Buffer {
  return item(UTC_TIME, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))
}
