import path from 'node:path'
import type { Settings } from '@argyle/kit/config'
import { shownUrl } from '../terminal/shown-url.ts'

/** Offset of the inbox page's port from the base of the subgraphs' ports, next to the sandbox gateway's. */
export const INBOX_PORT_OFFSET = 51

/**
 * E-mails may contain secrets, so they are shown on this machine only, whatever address the shop listens on.
 */
const LOOPBACK = '127.0.0.1'

export type ShopMailbox = {
  /** The inbox page. */
  readonly url: string
  readonly smtpUrl: string
  /** The settings of notifications and support for this mailbox. */
  readonly settings: Settings
  readonly supportSettings: Settings
  /** Forwards e-mails to customer service to the subgraph at this URL. */
  setSupportUrl(url: string): void
  close(): Promise<void>
}

type Options = {
  /** Port of the inbox page; 0: any free one. */
  readonly port: number
  readonly dataDir: string
  /** Authorizes the mailbox at support: 32 bytes in base64url. */
  readonly supportKey: string
}

/**
 * Starts the mailbox for the e-mails of a shop on a developer's machine. Imported on demand, since its
 * packages belong to notifications.
 */
export async function startShopMailbox({ port, dataDir, supportKey }: Options): Promise<ShopMailbox> {
  const { startMailbox } = await import('@argyle/notifications/mailbox/server')
  const folder = path.join(dataDir, 'mail')
  const mailbox = await startMailbox({ host: LOOPBACK, port, smtpPort: 0, folder })
  return {
    url: mailbox.url,
    smtpUrl: mailbox.smtpUrl,
    // There is no storefront: the inbox page shows the operation that one would send.
    settings: {
      SMTP_URL: mailbox.smtpUrl,
      SMS_GATEWAY: 'sink',
      SMS_SINK_URL: mailbox.smsUrl,
      SUPPORT_ADDRESS: 'support@argyle.example',
      STOREFRONT_URL: shownUrl(mailbox.url),
    },
    supportSettings: { SUPPORT_MAIL_KEY: supportKey, SUPPORT_MAIL_SERVER: 'mailbox' },
    setSupportUrl: (url) => mailbox.setSupport(new URL('/mail', url).href, supportKey),
    close: mailbox.close,
  }
}
