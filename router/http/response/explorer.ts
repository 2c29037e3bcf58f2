import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from './send-response.ts'

/** A browser that opens the endpoint without a query. */
export function wantsExplorer({ method, url = '', headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && !/[?&](?:query|extensions)=/.test(url) && /\btext\/html\b/.test(headers.accept ?? '')
  )
}

/** Apollo Sandbox, loaded from Apollo's servers; if they are unreachable, a simple form. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Explorer</title>
<style>
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif }
  #sandbox { position: absolute; inset: 0 }
  form { display: grid; grid-template-columns: 1fr 1fr; grid-template-rows: 2fr 1fr auto; gap: 8px; height: 100vh;
    padding: 8px; box-sizing: border-box }
  textarea, output { font: 14px/1.5 ui-monospace, monospace; padding: 8px; border: 1px solid #999; overflow: auto }
  output { grid-column: 2; grid-row: 1 / span 3; white-space: pre-wrap }
  button { font: inherit; padding: 8px }
</style>
<div id="sandbox"></div>
<form hidden>
  <textarea name="query" aria-label="Operation">{ __schema { queryType { fields { name description } } } }</textarea>
  <textarea name="variables" aria-label="Variables">{}</textarea>
  <button>Run (Ctrl+Enter)</button>
  <output></output>
</form>
<script>
  const form = document.querySelector('form')
  function offline() {
    document.querySelector('#sandbox').hidden = true
    form.hidden = false
  }
  function sandbox() {
    new window.EmbeddedSandbox({ target: '#sandbox', initialEndpoint: location.href, includeCookies: true, runTelemetry: false })
  }
  form.addEventListener('keydown', (event) => {
    if (event.ctrlKey && event.key === 'Enter') form.requestSubmit()
  })
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const output = form.querySelector('output')
    try {
      const variables = JSON.parse(form.variables.value || '{}')
      const body = JSON.stringify({ query: form.query.value, variables })
      const answer = await fetch(location.href, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
      output.textContent = JSON.stringify(await answer.json(), null, 2)
    } catch (error) {
      output.textContent = String(error)
    }
  })
</script>
<script src="https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js"
  onload="sandbox()" onerror="offline()"></script>
</html>
`

export function sendExplorer(response: ServerResponse): void {
  const headers = [
    'content-type',
    'text/html; charset=utf-8',
    'cache-control',
    'no-store',
    'x-frame-options',
    'DENY',
  ]
  send(response, 200, headers, PAGE)
}
