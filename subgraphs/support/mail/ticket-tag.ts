import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { isId } from '@argyle/kit/ids'

const MAC_HEX = 20
const UUID_HEX = 32
const FORM = /^[0-9a-f]{52}$/
/** A tag in an address or a reference of an e-mail. */
const IN_TEXT = /(?<![0-9a-z])[0-9a-f]{52}(?![0-9a-z])/gi

/** The key of tags, which is used for nothing else. */
export function tagKeyOf(mailKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', mailKey, '', 'argyle ticket tags', 32))
}

function macOf(key: Uint8Array, ticketId: string): string {
  return createHmac('sha256', key).update(ticketId).digest('hex').slice(0, MAC_HEX)
}

/**
 * The tag of a ticket in the reply address `support+TAG@…`. It cannot be guessed, so its sender has read an
 * e-mail of the ticket. It has 52 lower-case characters, since mail servers may change the case, and a local
 * part has at most 64.
 */
export function tagOf(key: Uint8Array, ticketId: string): string {
  return ticketId.slice(4).replaceAll('-', '') + macOf(key, ticketId)
}

/** The id of the ticket of a tag; null for a forged one. */
export function ticketOfTag(key: Uint8Array, tag: string): string | null {
  const text = tag.toLowerCase()
  if (!FORM.test(text)) return null
  const uuid = text.slice(0, UUID_HEX).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const ticketId = `tkt_${uuid}`
  if (!isId('tkt', ticketId)) return null
  const [given, right] = [text.slice(UUID_HEX), macOf(key, ticketId)].map((mac) => Buffer.from(mac))
  return given && right && timingSafeEqual(given, right) ? ticketId : null
}

/** The first ticket that a tag of these texts names; null if none does. */
export function ticketIn(key: Uint8Array, texts: readonly string[]): string | null {
  for (const text of texts)
    for (const [tag] of text.matchAll(IN_TEXT)) {
      const ticketId = ticketOfTag(key, tag)
      if (ticketId) return ticketId
    }
  return null
}
