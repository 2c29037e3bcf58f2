/** Hosts that mean this machine, in URL syntax. */
const HERE = new Set(['127.0.0.1', '[::1]', '0.0.0.0', '[::]'])

/**
 * A URL for people: this machine is `localhost`. A page on `localhost` does not get the cookies of
 * `127.0.0.1`, which is another site to browsers.
 * @returns the URL without a trailing slash
 */
export function shownUrl(url: string): string {
  const shown = new URL(url)
  if (HERE.has(shown.hostname)) shown.hostname = 'localhost'
  return shown.href.replace(/\/$/, '')
}
