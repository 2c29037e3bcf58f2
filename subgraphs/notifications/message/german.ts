// Tested in message.test.ts: messages are tested in all languages.

import { campaignText } from './campaign-text.ts'
import type { Wording } from './message.ts'

const UNITS = { one: '# Paar', other: '# Paare' }
const STARS = { one: '# Stern', other: '# Sternen' }
const orderLink = (number: string) => ['Bestellung ansehen', `/orders/${number}`] as const

const contact = (isAnswered: boolean) =>
  isAnswered
    ? 'antworten Sie bitte auf diese E-Mail'
    : 'wenden Sie sich bitte an den Shop; Antworten auf diese E-Mail werden nicht gelesen'

const CANCELLED = {
  OUT_OF_STOCK: 'Ein Artikel ist nicht mehr auf Lager.',
  PAYMENT_TIMEOUT: 'Die Zahlung wurde nicht rechtzeitig abgeschlossen.',
  CUSTOMER_REQUEST: 'Sie haben uns darum gebeten.',
  FRAUD: 'Wir konnten die Zahlung nicht prüfen.',
  ADDRESS_REMOVED: 'Die Lieferadresse wurde aus Ihrem Konto entfernt.',
} as const

/** The texts of each kind of message in German. */
export const german: Wording = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  closing: 'Ihr Team von Argyle',
  total: 'Summe',
  texts: {
    WELCOME: () => ({
      title: 'Willkommen bei Argyle',
      body: 'Ihr Konto ist bereit.',
      paragraphs: ['Dort finden Sie Ihre Adressen, Bestellungen und Rücksendungen.'],
      link: ['Zum Shop', '/'],
    }),
    ORDER_CONFIRMED: ({ number, total }) => ({
      title: `Ihre Bestellung ${number} ist bestätigt`,
      body: `Vielen Dank für Ihre Bestellung ${number} über ${total}. Wir packen sie jetzt.`,
      hasLines: true,
      link: orderLink(number),
    }),
    ORDER_CANCELLED: ({ number, details: { reason } }) => ({
      title: `Ihre Bestellung ${number} ist storniert`,
      body: ['Wir haben Ihre Bestellung', number, 'storniert.', reason ? CANCELLED[reason] : '']
        .join(' ')
        .trim(),
      paragraphs: ['Bereits gezahlte Beträge erhalten Sie auf demselben Weg zurück.'],
      link: orderLink(number),
    }),
    PAYMENT_FAILED: ({ number, total, details: { code } }) => ({
      title: `Die Zahlung der Bestellung ${number} ist fehlgeschlagen`,
      body: `Die Zahlung von ${total} für Ihre Bestellung ${number} wurde abgelehnt. Es wurde nichts abgebucht.`,
      paragraphs: [
        code === 'insufficient_funds'
          ? 'Ihre Bank meldet, dass das Konto nicht gedeckt war.'
          : 'Ihre Bank kann Ihnen den Grund nennen. Vielleicht klappt es mit einer anderen Karte oder Zahlungsart.',
        'Die Bestellung wurde storniert: Bitte bestellen Sie erneut.',
      ],
      link: orderLink(number),
    }),
    PAYMENT_ACTION_NEEDED: ({ number, total, details, format }) => {
      const until = format.instant(new Date(details.expiresAt))
      return {
        title: `Ihre Bestellung ${number} wartet auf Sie`,
        body: `Bitte bestätigen Sie die Zahlung von ${total} für Ihre Bestellung ${number} bis ${until}.`,
        paragraphs: ['Danach wird die Bestellung storniert und nichts abgebucht.'],
        link: ['Zahlung bestätigen', `/orders/${number}`],
      }
    },
    ORDER_SHIPPED: ({ number, details, format }) => ({
      title: `Ihre Bestellung ${number} ist unterwegs`,
      body: `Aus unserem Lager abgegangen: ${format.count(details.units, UNITS)} Ihrer Bestellung ${number}.`,
      paragraphs: details.parcelCount > 1 ? [`Die Bestellung kommt in ${details.parcelCount} Paketen.`] : [],
      rows: details.trackingNumber ? [{ label: 'Sendungsnummer', value: details.trackingNumber }] : [],
      link: ['Sendung verfolgen', `/orders/${number}`],
    }),
    ORDER_DELIVERED: ({ number, details, format }) => ({
      title: `Ihre Bestellung ${number} ist angekommen`,
      body: `Zugestellt: ${format.count(details.units, UNITS)} Ihrer Bestellung ${number}.`,
      paragraphs: ['Wenn etwas nicht passt, können Sie es zurücksenden.'],
      link: orderLink(number),
    }),
    ORDER_REFUNDED: ({ number, details: { amount }, format }) => {
      const refunded = format.money(BigInt(amount.amountMinor), amount.currencyCode)
      return {
        title: `Sie erhalten ${refunded} zurück`,
        body: `Wir haben Ihnen ${refunded} der Bestellung ${number} erstattet.`,
        paragraphs: ['Bis der Betrag bei Ihrer Bank erscheint, kann es einige Tage dauern.'],
        link: orderLink(number),
      }
    },
    RETURN_REQUESTED: ({ number }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number}`,
      body: `Sie möchten Artikel der Bestellung ${number} zurücksenden. Wir prüfen das und antworten bald.`,
      paragraphs: ['Bitte senden Sie erst etwas, wenn wir zugestimmt haben.'],
      link: orderLink(number),
    }),
    RETURN_APPROVED: ({ number }) => ({
      title: `Sie können Ihre Rücksendung zur Bestellung ${number} abschicken`,
      body: `Wir haben Ihrer Rücksendung zur Bestellung ${number} zugestimmt. Bitte senden Sie sie jetzt ab.`,
      paragraphs: ['Die Erstattung folgt, sobald das Paket bei uns ist.'],
      link: ['Rücksendung ansehen', `/orders/${number}`],
    }),
    RETURN_REJECTED: ({ number, details: { rejection } }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number} ist nicht möglich`,
      body: `Wir können die gewünschten Artikel der Bestellung ${number} nicht zurücknehmen.`,
      paragraphs: rejection ? [rejection] : [],
      link: orderLink(number),
    }),
    RETURN_RECEIVED: ({ number }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number} ist da`,
      body: `Ihre Rücksendung zur Bestellung ${number} ist eingetroffen. Die Erstattung ist unterwegs.`,
      link: orderLink(number),
    }),
    PASSWORD_RESET: ({ details, format }) => ({
      title: 'Ein neues Passwort für Argyle',
      body: `Jemand, hoffentlich Sie, hat das Passwort Ihres Kontos vergessen. Der Link gilt einmal, bis ${format.instant(new Date(details.expiresAt))}.`,
      paragraphs: ['Wenn Sie es nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.'],
      link: ['Neues Passwort wählen', '/account/reset-password#token={token}'],
    }),
    EMAIL_VERIFICATION: ({ details, format }) => ({
      title: 'Ist das Ihre E-Mail-Adresse?',
      body: `Bitte bestätigen Sie, dass dies die Adresse Ihres Kontos ist. Der Link gilt einmal, bis ${format.instant(new Date(details.expiresAt))}.`,
      paragraphs: ['Wenn Sie kein Konto bei uns haben, müssen Sie nichts tun.'],
      link: ['Adresse bestätigen', '/account/verify-email#token={token}'],
    }),
    EMAIL_CHANGE: ({ details, format }) => ({
      title: 'Ist das Ihre neue E-Mail-Adresse?',
      body: `Bitte bestätigen Sie, dass dies die Adresse Ihres Kontos werden soll. Der Link gilt einmal, bis ${format.instant(new Date(details.expiresAt))}.`,
      paragraphs: ['Wenn Sie das nicht angefordert haben, müssen Sie nichts tun.'],
      link: ['Adresse bestätigen', '/account/change-email#token={token}'],
    }),
    EMAIL_CHANGED({ details: { expiresAt }, format, isAnswered }) {
      const title = 'Ihre E-Mail-Adresse wurde geändert'
      if (expiresAt === undefined)
        return {
          title,
          body: 'Ein Konto, das mit dieser Adresse eröffnet wurde, hat jetzt eine andere.',
          paragraphs: [`Wenn das Konto Ihres ist und Sie es nicht waren, ${contact(isAnswered)}.`],
          link: ['Zum Shop', '/'],
        }
      return {
        title,
        body: `Ihr Konto hat jetzt eine andere E-Mail-Adresse. Wenn Sie es nicht waren, machen Sie die Änderung bis ${format.instant(new Date(expiresAt))} rückgängig.`,
        paragraphs: [
          'Dann werden alle Geräte abgemeldet, und wir senden Ihnen einen Link zu einem neuen Passwort.',
        ],
        link: ['Ich war es nicht', '/account/undo-email-change#token={token}'],
      }
    },
    PASSWORD_CHANGED: () => ({
      title: 'Ihr Passwort wurde geändert',
      body: 'Das Passwort Ihres Kontos wurde geändert, andere Geräte wurden abgemeldet.',
      paragraphs: [
        'Push-Nachrichten an Browser sind beendet. Wenn SMS des Kontos an eine Nummer gehen, prüfen Sie bitte in den Einstellungen, dass es Ihre ist.',
        'Wenn Sie es nicht waren, fordern Sie bitte sofort ein neues Passwort an.',
      ],
      link: ['Neues Passwort anfordern', '/account/forgotten-password'],
    }),
    NEW_SIGN_IN: ({ details: { at }, format }) => ({
      title: 'Neue Anmeldung bei Ihrem Konto',
      body: `Jemand hat sich am ${format.instant(new Date(at))} bei Ihrem Konto angemeldet, von einem Ort, den wir noch nicht kennen.`,
      paragraphs: [
        'Wenn Sie es waren, müssen Sie nichts tun. Wenn nicht, fordern Sie bitte sofort ein neues Passwort an: Es beendet alle Sitzungen.',
      ],
      link: ['Neues Passwort anfordern', '/account/forgotten-password'],
    }),
    ACCOUNT_DELETED: ({ isAnswered }) => ({
      title: 'Ihr Konto ist gelöscht',
      body: 'Ihr Konto bei uns ist gelöscht. Bestellungen bleiben ohne Ihren Namen in unseren Büchern, ebenso Ihre Bewertungen.',
      paragraphs: [
        `Was zu Ihnen unterwegs ist, kommt noch an. Wenn Sie es nicht waren, ${contact(isAnswered)}.`,
      ],
      link: ['Zum Shop', '/'],
    }),
    PHONE_VERIFICATION: () => ({
      title: 'Der Code für Ihr Telefon',
      body: '{token} ist Ihr Code. Er gilt einmal und zehn Minuten lang. Haben Sie ihn nicht angefordert, müssen Sie nichts tun.',
    }),
    REVIEW_PUBLISHED: ({ details: { rating }, format }) => ({
      title: 'Ihre Bewertung ist veröffentlicht',
      body: `Vielen Dank: Ihre Bewertung mit ${format.count(rating, STARS)} ist veröffentlicht.`,
      link: ['Ihre Bewertungen ansehen', '/account/reviews'],
    }),
    STAFF_DIGEST: ({ details: { lowStock, breaches, failures }, format }) => {
      const told = [
        lowStock.count > 0
          ? format.count(lowStock.count, { one: '# knapper Bestand', other: '# knappe Bestände' })
          : '',
        breaches.count > 0
          ? format.count(breaches.count, { one: '# versäumte Frist', other: '# versäumte Fristen' })
          : '',
        failures.count > 0
          ? format.count(failures.count, {
              one: '# fehlgeschlagener Vorgang',
              other: '# fehlgeschlagene Vorgänge',
            })
          : '',
      ].filter(Boolean)
      return {
        title: `Seit der letzten Übersicht: ${told.join(', ')}`,
        body: `Seit der letzten Übersicht gibt es: ${told.join(', ')}.`,
        rows: [
          ...lowStock.lines.map(({ name, available, reorderPoint }) => ({
            label: name,
            value: `${available} verfügbar, Meldebestand ${reorderPoint}`,
          })),
          ...breaches.lines.map(({ ticketId, clock, priority }) => ({
            label: `Ticket ${ticketId}`,
            value: `${clock === 'RESOLUTION' ? 'nicht rechtzeitig gelöst' : 'nicht rechtzeitig beantwortet'}, ${priority}`,
          })),
          ...failures.lines.map(({ consumer, type, times }) => ({
            label: `${consumer}: ${type}`,
            value: format.count(times, { one: '# Fehler', other: '# Fehler' }),
          })),
        ],
        link: ['Offenes ansehen', '/staff'],
      }
    },
    TICKET_ANSWERED: ({ details: { subject, text, replyTag }, isAnswered }) => ({
      title: 'Wir haben Ihre Frage beantwortet',
      body: `Zu Ihrer Frage „${subject}“ gibt es eine Antwort.`,
      ...(text === null
        ? {
            paragraphs: ['Falls sie nicht weiterhilft, können Sie dort zurückschreiben.'],
            link: ['Antwort lesen', '/account/tickets'],
          }
        : {
            paragraphs: [
              ...text.split('\n').filter(Boolean),
              replyTag && isAnswered
                ? 'Falls sie nicht weiterhilft, können Sie auf diese E-Mail antworten.'
                : '',
            ].filter(Boolean),
          }),
    }),
    CAMPAIGN: (said) => campaignText(said, { customer: 'Sie', coupon: 'Ihr Code' }),
  },
}
