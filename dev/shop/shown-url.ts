/** Addresses that mean this machine, as a URL writes them. */
const HERE = new Set(['127.0.0.1', '[::1]', '0.0.0.0', '[::]'])

/**
 * A URL as people are told it: this machine is `localhost`. A page on `localhost` loses the cookies of `127.0.0.1`, which is
 * another site to browsers.
 * @returns the URL without a slash at its end
 */
export function shownUrl(url: string): string {
  const shown = new URL(url)
  if (HERE.has(shown.hostname)) shown.hostname = 'localhost'
  return shown.href.replace(/\/$/, '')
}
