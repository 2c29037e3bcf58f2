import type { Envelope } from './envelope.ts'

/** The message with the greatest sequence of each subject; the others are outdated. */
export function newestOf(messages: readonly Envelope[]): Envelope[] {
  const newest = new Map<string, Envelope>()
  for (const message of messages) {
    const known = newest.get(message.subject)
    if (!known || known.sequence < message.sequence) newest.set(message.subject, message)
  }
  return [...newest.values()].toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
}
