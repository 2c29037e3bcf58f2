// Tested in message.test.ts: messages are tested in all languages.

import { campaignText } from './campaign-text.ts'
import { germanOfAccount } from './german-account.ts'
import type { Wording } from './message.ts'

const PAIRS = { one: '# Paar', other: '# Paar' }
const STARS = { one: '# Stern', other: '# Sternen' }
const orderLink = (number: string) => ['Bestellung ansehen', `/orders/${number}`] as const

const CANCELLED = {
  OUT_OF_STOCK: 'Ein Artikel ist nicht mehr auf Lager.',
  PAYMENT_TIMEOUT: 'Die Zahlung wurde nicht rechtzeitig abgeschlossen.',
  CUSTOMER_REQUEST: 'Sie haben uns darum gebeten.',
  FRAUD: 'Wir konnten die Zahlung nicht bestätigen.',
  ADDRESS_REMOVED: 'Die Lieferadresse wurde aus Ihrem Konto entfernt.',
} as const

/** The texts of each kind of message in German. */
export const german: Wording = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  closing: 'Ihr Argyle-Team',
  total: 'Gesamtbetrag',
  texts: {
    ...germanOfAccount,
    ORDER_CONFIRMED: ({ number, total }) => ({
      title: `Ihre Bestellung ${number} ist bestätigt`,
      body: `Vielen Dank für Ihre Bestellung ${number} über ${total}. Wir bereiten sie für den Versand vor.`,
      hasLines: true,
      link: orderLink(number),
    }),
    ORDER_CANCELLED: ({ number, details: { reason } }) => ({
      title: `Ihre Bestellung ${number} wurde storniert`,
      body: ['Wir haben Ihre Bestellung', number, 'storniert.', reason ? CANCELLED[reason] : '']
        .join(' ')
        .trim(),
      paragraphs: ['Bereits gezahlte Beträge erhalten Sie auf demselben Weg zurück.'],
      link: orderLink(number),
    }),
    PAYMENT_FAILED: ({ number, total, details: { code } }) => ({
      title: `Die Zahlung für Ihre Bestellung ${number} ist fehlgeschlagen`,
      body: `Die Zahlung von ${total} für Ihre Bestellung ${number} wurde abgelehnt. Es wurde nichts abgebucht.`,
      paragraphs: [
        code === 'insufficient_funds'
          ? 'Ihre Bank meldet, dass das Konto nicht ausreichend gedeckt war.'
          : 'Ihre Bank kann Ihnen den Grund nennen. Möglicherweise funktioniert eine andere Karte oder Zahlungsart.',
        'Die Bestellung wurde storniert. Bitte bestellen Sie erneut.',
      ],
      link: orderLink(number),
    }),
    PAYMENT_ACTION_NEEDED: ({ number, total, details, format }) => {
      const until = format.instant(new Date(details.expiresAt))
      return {
        title: `Ihre Bestellung ${number} wartet auf Ihre Bestätigung`,
        body: `Bitte bestätigen Sie die Zahlung von ${total} für Ihre Bestellung ${number} bis zum ${until}.`,
        paragraphs: ['Andernfalls wird die Bestellung storniert. In diesem Fall wird nichts abgebucht.'],
        link: ['Zahlung bestätigen', `/orders/${number}`],
      }
    },
    ORDER_SHIPPED: ({ number, details, format }) => ({
      title: `Ihre Bestellung ${number} ist unterwegs`,
      body: `Wir haben ${format.count(details.units, PAIRS)} aus Ihrer Bestellung ${number} versandt.`,
      paragraphs: details.parcelCount > 1 ? [`Ihre Bestellung kommt in ${details.parcelCount} Paketen.`] : [],
      rows: details.trackingNumber ? [{ label: 'Sendungsnummer', value: details.trackingNumber }] : [],
      link: ['Sendung verfolgen', `/orders/${number}`],
    }),
    ORDER_DELIVERED: ({ number, details, format }) => ({
      title: `Ihre Bestellung ${number} wurde zugestellt`,
      body: format.count(details.units, {
        one: `# Paar aus Ihrer Bestellung ${number} wurde zugestellt.`,
        other: `# Paar aus Ihrer Bestellung ${number} wurden zugestellt.`,
      }),
      paragraphs: ['Wenn etwas nicht passt, können Sie es gern zurücksenden.'],
      link: orderLink(number),
    }),
    ORDER_REFUNDED: ({ number, details: { amount }, format }) => {
      const refunded = format.money(BigInt(amount.amountMinor), amount.currencyCode)
      return {
        title: `Sie erhalten ${refunded} zurück`,
        body: `Wir haben Ihnen ${refunded} für Ihre Bestellung ${number} erstattet.`,
        paragraphs: ['Bis der Betrag bei Ihrer Bank erscheint, kann es einige Tage dauern.'],
        link: orderLink(number),
      }
    },
    REFUND_FAILED: ({ number, details: { amount }, format }) => {
      const refund = format.money(BigInt(amount.amountMinor), amount.currencyCode)
      return {
        title: `Die Erstattung von ${refund} hat Sie nicht erreicht`,
        body: `Unsere Erstattung von ${refund} für die Bestellung ${number} ist fehlgeschlagen. Der Betrag ist wieder bei uns.`,
        paragraphs: [
          'Sie müssen nichts tun. Wir erstatten den Betrag erneut oder melden uns, falls wir Ihre Hilfe brauchen.',
        ],
        link: orderLink(number),
      }
    },
    RETURN_REQUESTED: ({ number }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number}`,
      body: `Sie möchten Artikel aus Ihrer Bestellung ${number} zurücksenden. Wir prüfen Ihre Anfrage und melden uns bald.`,
      paragraphs: ['Bitte senden Sie die Artikel erst zurück, wenn wir zugestimmt haben.'],
      link: orderLink(number),
    }),
    RETURN_APPROVED: ({ number }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number} ist genehmigt`,
      body: `Wir haben Ihrer Rücksendung zur Bestellung ${number} zugestimmt. Bitte senden Sie die Artikel jetzt ab.`,
      paragraphs: ['Sobald das Paket bei uns eingetroffen ist, erstatten wir Ihnen den Betrag.'],
      link: ['Rücksendung ansehen', `/orders/${number}`],
    }),
    RETURN_REJECTED: ({ number, details: { rejection } }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number} ist nicht möglich`,
      body: `Wir können die Artikel aus Ihrer Bestellung ${number} leider nicht zurücknehmen.`,
      paragraphs: rejection ? [rejection] : [],
      link: orderLink(number),
    }),
    RETURN_RECEIVED: ({ number }) => ({
      title: `Ihre Rücksendung zur Bestellung ${number} ist eingetroffen`,
      body: `Ihre Rücksendung zur Bestellung ${number} ist eingetroffen. Die Erstattung ist unterwegs.`,
      link: orderLink(number),
    }),
    REVIEW_PUBLISHED: ({ details: { rating }, format }) => ({
      title: 'Ihre Bewertung ist veröffentlicht',
      body: `Vielen Dank! Ihre Bewertung mit ${format.count(rating, STARS)} ist veröffentlicht.`,
      link: ['Ihre Bewertungen ansehen', '/account/reviews'],
    }),
    STAFF_DIGEST: ({ details: { lowStock, breaches, refunds, failures }, format }) => {
      const counts = format.counts([
        [lowStock.count, { one: '# knapper Bestand', other: '# knappe Bestände' }],
        [breaches.count, { one: '# versäumte Frist', other: '# versäumte Fristen' }],
        [refunds.count, { one: '# gescheiterte Erstattung', other: '# gescheiterte Erstattungen' }],
        [failures.count, { one: '# fehlgeschlagener Vorgang', other: '# fehlgeschlagene Vorgänge' }],
      ])
      return {
        title: `Seit der letzten Übersicht: ${counts}`,
        body: `Seit der letzten Übersicht gibt es: ${counts}.`,
        rows: [
          ...lowStock.lines.map(({ name, available, reorderPoint }) => ({
            label: name,
            value: `${available} verfügbar, Meldebestand ${reorderPoint}`,
          })),
          ...breaches.lines.map(({ ticketId, clock, priority }) => ({
            label: `Ticket ${ticketId}`,
            value: `${clock === 'RESOLUTION' ? 'nicht rechtzeitig gelöst' : 'nicht rechtzeitig beantwortet'}, ${priority}`,
          })),
          ...refunds.lines.map(({ order, code }) => ({
            label: `Bestellung ${order}`,
            value: `Erstattung gescheitert: ${code}`,
          })),
          ...failures.lines.map(({ consumer, type, times }) => ({
            label: `${consumer}: ${type}`,
            value: format.count(times, { one: '# Fehler', other: '# Fehler' }),
          })),
        ],
        link: ['Offene Punkte ansehen', '/staff'],
      }
    },
    TICKET_ANSWERED: ({ details: { subject, text, replyTag }, isAnswered }) => ({
      title: 'Wir haben Ihre Frage beantwortet',
      body: `Zu Ihrer Frage „${subject}“ gibt es eine Antwort.`,
      ...(text === null
        ? {
            paragraphs: ['Wenn Ihnen die Antwort nicht weiterhilft, können Sie dort zurückschreiben.'],
            link: ['Antwort lesen', '/account/tickets'],
          }
        : {
            paragraphs: [
              ...text.split('\n').filter(Boolean),
              replyTag && isAnswered
                ? 'Wenn Ihnen die Antwort nicht weiterhilft, können Sie auf diese E-Mail antworten.'
                : '',
            ].filter(Boolean),
          }),
    }),
    CAMPAIGN: (said) => campaignText(said, { customer: 'Sie', coupon: 'Ihr Code' }),
  },
}
