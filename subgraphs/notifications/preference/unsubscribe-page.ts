// Tested in ../unsubscribe.int.test.ts: the test requests the page from the route.
import { escapeHtml } from '@argyle/kit/html'
import type { Language } from '../message/format.ts'

type Words = {
  readonly title: string
  readonly ask: string
  readonly one: string
  readonly all: string
  readonly done: string
  readonly kept: string
  readonly unknown: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'E-mails from Argyle',
    ask: 'Do you want to unsubscribe from e-mails of this kind?',
    one: 'Unsubscribe from this kind',
    all: 'Unsubscribe from all optional e-mails',
    done: 'You will not receive these e-mails any more.',
    kept: 'E-mails that are required by law, by an order or for the security of an account are still sent.',
    unknown: 'This link does not work. Please use the complete link from the e-mail.',
  },
  de: {
    title: 'E-Mails von Argyle',
    ask: 'Möchten Sie E-Mails dieser Art abbestellen?',
    one: 'E-Mails dieser Art abbestellen',
    all: 'Alle optionalen E-Mails abbestellen',
    done: 'Sie erhalten diese E-Mails nicht mehr.',
    kept: 'E-Mails, die gesetzlich vorgeschrieben sind, zu einer Bestellung gehören oder der Sicherheit eines Kontos dienen, erhalten Sie weiterhin.',
    unknown: 'Dieser Link funktioniert nicht. Bitte verwenden Sie den vollständigen Link aus der E-Mail.',
  },
}

function page(language: Language, body: string): string {
  const title = escapeHtml(WORDS[language].title)
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title></head>
<body style="font-family:sans-serif;max-width:40em;margin:3em auto;padding:0 1em"><h1>${title}</h1>
${body}
</body></html>
`
}

const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`
const button = (action: string, text: string) =>
  `<form method="post" action="${escapeHtml(action)}"><p><button>${escapeHtml(text)}</button></p></form>`

/** Asks for a click, since scanners of e-mail open links by themselves. */
export function askPage(language: Language, token: string): string {
  const { ask, one, all, kept } = WORDS[language]
  const body = [
    paragraph(ask),
    button(`/unsubscribe/${token}`, one),
    button(`/unsubscribe/${token}?all=1`, all),
  ]
  return page(language, [...body, paragraph(kept)].join('\n'))
}

export function donePage(language: Language): string {
  return page(language, paragraph(WORDS[language].done) + paragraph(WORDS[language].kept))
}

export function unknownPage(): string {
  return page('en', paragraph(WORDS.en.unknown))
}
