// Tested in message.test.ts: messages are tested in all languages.

import type { AccountKind, Wording } from './message.ts'

const contact = (isAnswered: boolean) =>
  isAnswered
    ? 'antworten Sie bitte auf diese E-Mail'
    : 'wenden Sie sich bitte an den Shop. Antworten auf diese E-Mail werden nicht gelesen'

/** The texts about an account in German. */
export const germanOfAccount: Pick<Wording['texts'], AccountKind> = {
  WELCOME: () => ({
    title: 'Willkommen bei Argyle',
    body: 'Ihr Konto ist eingerichtet.',
    paragraphs: ['In Ihrem Konto finden Sie Ihre Adressen, Bestellungen und Rücksendungen.'],
    link: ['Zum Shop', '/'],
  }),
  PASSWORD_RESET: ({ details, format }) => ({
    title: 'Neues Passwort für Ihr Konto bei Argyle',
    body: `Für Ihr Konto wurde ein neues Passwort angefordert. Der Link gilt einmal und bis zum ${format.instant(new Date(details.expiresAt))}.`,
    paragraphs: ['Wenn Sie das nicht waren, müssen Sie nichts tun. Ihr Passwort bleibt unverändert.'],
    link: ['Neues Passwort wählen', '/account/reset-password#token={token}'],
  }),
  EMAIL_VERIFICATION: ({ details, format }) => ({
    title: 'Ist das Ihre E-Mail-Adresse?',
    body: `Bitte bestätigen Sie, dass dies die E-Mail-Adresse Ihres Kontos ist. Der Link gilt einmal und bis zum ${format.instant(new Date(details.expiresAt))}.`,
    paragraphs: ['Wenn Sie kein Konto bei uns haben, müssen Sie nichts tun.'],
    link: ['Adresse bestätigen', '/account/verify-email#token={token}'],
  }),
  EMAIL_CHANGE: ({ details, format }) => ({
    title: 'Ist das Ihre neue E-Mail-Adresse?',
    body: `Bitte bestätigen Sie, dass dies die neue E-Mail-Adresse Ihres Kontos werden soll. Der Link gilt einmal und bis zum ${format.instant(new Date(details.expiresAt))}.`,
    paragraphs: ['Wenn Sie das nicht angefordert haben, müssen Sie nichts tun.'],
    link: ['Adresse bestätigen', '/account/change-email#token={token}'],
  }),
  EMAIL_CHANGED({ details: { expiresAt }, format, isAnswered }) {
    const title = 'Ihre E-Mail-Adresse wurde geändert'
    if (expiresAt === undefined)
      return {
        title,
        body: 'Ein Konto, das mit dieser Adresse eröffnet wurde, hat jetzt eine andere E-Mail-Adresse.',
        paragraphs: [
          `Wenn das Ihr Konto ist und Sie die Adresse nicht geändert haben, ${contact(isAnswered)}.`,
        ],
        link: ['Zum Shop', '/'],
      }
    return {
      title,
      body: `Ihr Konto hat jetzt eine andere E-Mail-Adresse. Wenn Sie das nicht waren, machen Sie die Änderung bitte bis zum ${format.instant(new Date(expiresAt))} rückgängig.`,
      paragraphs: [
        'Dann werden alle Geräte abgemeldet. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen können.',
      ],
      link: ['Das war ich nicht', '/account/undo-email-change#token={token}'],
    }
  },
  PASSWORD_CHANGED: () => ({
    title: 'Ihr Passwort wurde geändert',
    body: 'Das Passwort Ihres Kontos wurde geändert. Andere Geräte wurden abgemeldet.',
    paragraphs: [
      'Push-Nachrichten an Browser wurden abgeschaltet. Wenn für Ihr Konto eine Telefonnummer hinterlegt ist, prüfen Sie bitte in den Einstellungen, ob es Ihre ist.',
      'Wenn Sie das nicht waren, fordern Sie bitte sofort ein neues Passwort an.',
    ],
    link: ['Neues Passwort anfordern', '/account/forgotten-password'],
  }),
  NEW_SIGN_IN: ({ details: { at }, format }) => ({
    title: 'Neue Anmeldung bei Ihrem Konto',
    body: `Am ${format.instant(new Date(at))} hat sich jemand von einem neuen Ort aus bei Ihrem Konto angemeldet.`,
    paragraphs: [
      'Wenn Sie das waren, müssen Sie nichts tun. Wenn nicht, fordern Sie bitte sofort ein neues Passwort an. Damit werden alle Sitzungen beendet.',
    ],
    link: ['Neues Passwort anfordern', '/account/forgotten-password'],
  }),
  ACCOUNT_DELETED: ({ isAnswered }) => ({
    title: 'Ihr Konto wurde gelöscht',
    body: 'Ihr Konto bei uns wurde gelöscht. Ihre Bestellungen bleiben in unseren Büchern und Ihre Bewertungen auf unseren Seiten, beides ohne Ihren Namen.',
    paragraphs: [
      `Pakete, die unterwegs sind, werden noch zugestellt. Wenn Sie das nicht waren, ${contact(isAnswered)}.`,
    ],
    link: ['Zum Shop', '/'],
  }),
  PHONE_VERIFICATION: () => ({
    title: 'Ihr Bestätigungscode',
    body: '{token} ist Ihr Bestätigungscode. Er gilt einmal und zehn Minuten lang. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
  }),
}
