/**
 * The pause that a `Retry-After` header asks for (RFC 9110, section 10.2.3): seconds, or a date.
 * @returns undefined for none, and for a value of another form
 */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}
