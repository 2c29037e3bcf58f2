import { type Message, TOKEN } from './message.ts'

/** Maximum length of a text message in characters: at most five parts of 70, at most three of a text in the letters of GSM 03.38. */
export const MAX_SMS = 320
const CUT = '…'

/** Gives a message the form of a text message: the sender's name, the sentence, the link if it fits. */
export function smsOf({ body, action }: Message, token = ''): string {
  const text = [...`Argyle: ${body.replace(TOKEN, token)}`]
  const link = action && !action.url.includes(TOKEN) ? ` ${action.url}` : ''
  const room = MAX_SMS - [...link].length
  if (text.length <= room) return text.join('') + link
  return (text.length > MAX_SMS ? [...text.slice(0, MAX_SMS - 1), CUT] : text).join('')
}
