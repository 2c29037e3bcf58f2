export type HoldReason = 'LINK' | 'EMAIL_ADDRESS' | 'PHONE_NUMBER' | 'SHOUTING' | 'REPETITION'

// Every repetition has a maximum, so each pattern takes time linear in the text.
const LINK = /\bhttps?:|\bwww\.|\b[a-z0-9-]{1,63}\.(?:com|net|org|info|biz|io|ru|cn|xyz)\b/i
const EMAIL_ADDRESS = /[\w.+-]@[\w-]{1,63}\.[a-z]/i
/**
 * Nine digits, or seven after a plus (E.164 allows 7 to 15), with up to two separators between them; not a
 * date.
 */
const PHONE_NUMBER = /\+\d(?:[\s().\-/]{0,2}\d){6}|\d(?:[\s().\-/]{0,2}\d){8}/
const REPETITION = /([\p{L}\p{N}!?$*])\1{5}/iu

/** Text with fewer letters cannot count as shouting: `XXL`, `LOVE THEM`. */
const MIN_LETTERS = 20
const SHOUTING_SHARE = 0.7

function shouts(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0
  return letters >= MIN_LETTERS && capitals / letters >= SHOUTING_SHARE
}

/**
 * The reasons to hold a review for moderation, in the order of the schema's enum; empty: publish it.
 * Look-alike characters (full-width letters and digits) are read as the letters they resemble.
 */
export function holdReasons({ title, body }: { title: string | null; body: string }): HoldReason[] {
  const text = `${title ?? ''}\n${body}`.normalize('NFKC')
  const reasons: HoldReason[] = []
  if (EMAIL_ADDRESS.test(text)) reasons.push('EMAIL_ADDRESS')
  // The domain of an e-mail address does not count as a link.
  if (LINK.test(text.replace(/@[\w.-]+/g, '@'))) reasons.unshift('LINK')
  if (PHONE_NUMBER.test(text)) reasons.push('PHONE_NUMBER')
  if (shouts(text)) reasons.push('SHOUTING')
  if (REPETITION.test(text)) reasons.push('REPETITION')
  return reasons
}
