import { once } from 'node:events'
import { connect } from 'node:net'

type Mail = { readonly from: string; readonly to: string; readonly subject: string; readonly text: string }

/** Sends an e-mail by SMTP (RFC 5321). @throws Error with the server's answer if it is refused */
export async function sendMail(smtpUrl: string, { from, to, subject, text }: Mail): Promise<void> {
  const { hostname, port } = new URL(smtpUrl)
  const socket = connect(Number(port), hostname)
  socket.setEncoding('utf8')
  const expect = async (code: number): Promise<void> => {
    let said = ''
    // The last line of an answer has a space after its code.
    while (!/^\d{3} .*\r\n$/m.test(said)) said += String((await once(socket, 'data'))[0])
    if (!said.startsWith(String(code))) throw new Error(said)
  }
  const message = [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <${crypto.randomUUID()}@mail.example>`,
    '',
    text,
    '.',
  ]
  try {
    await expect(220)
    for (const [line, code] of [
      ['EHLO mail.example', 250],
      [`MAIL FROM:<${from}>`, 250],
      [`RCPT TO:<${to}>`, 250],
      ['DATA', 354],
      [message.join('\r\n'), 250],
    ] as const) {
      socket.write(`${line}\r\n`)
      await expect(code)
    }
  } finally {
    socket.destroy()
  }
}
