/** An e-mail or text message as the development mailbox shows it. */
export type Letter = {
  id: string
  subject: string
  text: string
  headers: { name: string; value: string }[]
}

/** The e-mails or text messages to an address, the newest first. */
export async function inboxOf(inboxUrl: string | URL, address: string): Promise<Letter[]> {
  const read = async (path: string) => (await fetch(new URL(path, inboxUrl))).json()
  // The mailbox is the project's own.
  const heads = (await read(`/api/messages?to=${encodeURIComponent(address)}`)) as { id: string }[]
  return Promise.all(heads.map(({ id }) => read(`/api/messages/${id}`) as Promise<Letter>))
}
