import { escapeHtml } from '@argyle/kit/html'
import type { PaymentRow } from './rows.ts'

/** The authentication page. A bank would ask for a code; this one has buttons to approve or deny. */
export function actionPage({ status, reference, amount_minor, currency }: PaymentRow): string {
  const form = `<form method="post">
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="deny">Deny</button>
  </form>`
  const over = `<p>This payment is ${escapeHtml(status)}. You can close this page.</p>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Second step</title>
<style>body{font:1rem system-ui;margin:4rem auto;max-width:28rem}button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}</style>
<h1>Sandbox bank</h1>
<p>Reference ${escapeHtml(reference)}: ${escapeHtml(amount_minor)} minor units of ${escapeHtml(currency)}.</p>
${status === 'REQUIRES_ACTION' ? form : over}
</html>
`
}
