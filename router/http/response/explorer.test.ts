import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import vm from 'node:vm'
import { expect, test, vi } from 'vitest'
import { sendExplorer, wantsExplorer } from './explorer.ts'

function requestOf(method: string, url: string, accept?: string): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method, url, headers: accept ? { accept } : {} })
}

test.each([
  ['GET', '/graphql', 'text/html,application/xhtml+xml', true],
  ['GET', '/graphql?theme=dark', 'text/html', true],
  ['GET', '/graphql?query=%7Bsock%7D', 'text/html', false],
  ['GET', '/graphql?a=1&query=%7Bsock%7D', 'text/html', false],
  ['GET', '/graphql?extensions=%7B%7D', 'text/html', false],
  ['GET', '/graphql', 'application/json', false],
  ['GET', '/graphql', undefined, false],
  ['POST', '/graphql', 'text/html', false],
])('a %s of %s that accepts %s: %s', (method, url, accept, isWanted) => {
  expect(wantsExplorer(requestOf(method, url, accept))).toBe(isWanted)
})

/** The page as a browser receives it. */
function page(): string {
  const response = new ServerResponse(requestOf('GET', '/graphql', 'text/html'))
  const end = vi.spyOn(response, 'end')
  sendExplorer(response)
  return String(end.mock.calls[0]?.[0])
}

type Listener = (event: object) => unknown
type Sent = { readonly method: string; readonly body: string; readonly headers: object }

/** Runs the script of the page with the elements of its markup. */
function browser(answer: () => unknown) {
  const html = page()
  const [markup = '', script = ''] = html.split('<script>')
  const element = (name: string) => {
    if (!new RegExp(name.replace(/^#(.*)/, 'id="$1"').replace(/^(\w+)$/, '<$1\\b')).test(markup)) return null
    return { hidden: name === 'form', textContent: '', name }
  }
  const areas = [...markup.matchAll(/<textarea name="(\w+)"[^>]*>(.*)<\/textarea>/g)]
  const listeners = new Map<string, Listener>()
  const output = element('output')
  const form = {
    ...element('form'),
    ...Object.fromEntries(areas.map(([, name, value]) => [name, { value }])),
    hidden: /<form hidden>/.test(markup),
    addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
    requestSubmit: vi.fn(),
    querySelector: (name: string) => (name === 'output' ? output : null),
  }
  const sandbox = element('#sandbox')
  const sent: [string, Sent][] = []
  const embedded: object[] = []
  const global = {
    window: {
      EmbeddedSandbox: class {
        constructor(options: object) {
          embedded.push({ ...options })
        }
      },
    },
    location: { href: 'http://shop.example/graphql' },
    document: { querySelector: (name: string) => ({ form, '#sandbox': sandbox })[name] ?? null },
    fetch: async (url: string, options: Sent) => {
      sent.push([url, options])
      return { json: async () => answer() }
    },
  }
  const context = vm.createContext(global)
  vm.runInContext(script.split('</script>')[0] ?? '', context)
  const [, onload = '', onerror = ''] = /onload="(.*?)" onerror="(.*?)"/.exec(html) ?? []
  return {
    ...{ form, sandbox, output, sent, embedded },
    /** Whether Apollo's script loads. */
    load: (arrives: boolean) => vm.runInContext(arrives ? onload : onerror, context),
    dispatch: async (name: string, event: object = {}) => {
      await listeners.get(name)?.({ preventDefault() {}, ...event })
    },
  }
}

test('the sandbox asks the endpoint with its cookies, and reports nothing to others', () => {
  const { load, embedded, form } = browser(() => ({}))
  load(true)
  expect(embedded).toEqual([
    {
      target: '#sandbox',
      initialEndpoint: 'http://shop.example/graphql',
      includeCookies: true,
      runTelemetry: false,
    },
  ])
  expect(form.hidden).toBe(true)
})

test('where Apollo’s servers cannot be reached, a form asks the endpoint', async () => {
  const { load, dispatch, form, sandbox, output, sent } = browser(() => ({ data: { sock: 'warm' } }))
  load(false)
  expect([form.hidden, sandbox?.hidden]).toEqual([false, true])
  Object.assign(form, { query: { value: '{ sock }' }, variables: { value: '{"size":41}' } })
  await dispatch('submit')
  expect(sent).toEqual([
    [
      'http://shop.example/graphql',
      {
        method: 'POST',
        body: '{"query":"{ sock }","variables":{"size":41}}',
        headers: { 'content-type': 'application/json' },
      },
    ],
  ])
  expect(output?.textContent).toBe(JSON.stringify({ data: { sock: 'warm' } }, null, 2))
})

test('the form opens with an operation that any graph answers, and shows an error in its output', async () => {
  const { dispatch, output, sent } = browser(() => {
    throw new TypeError('Failed to fetch')
  })
  await dispatch('submit')
  expect(JSON.parse(sent[0]?.[1].body ?? '')).toEqual({
    query: '{ __schema { queryType { fields { name description } } } }',
    variables: {},
  })
  expect(output?.textContent).toBe('TypeError: Failed to fetch')
})

test('ctrl-enter submits the form, enter alone does not', async () => {
  const { form, dispatch } = browser(() => ({}))
  await dispatch('keydown', { key: 'Enter', ctrlKey: false })
  await dispatch('keydown', { key: 'a', ctrlKey: true })
  expect(form.requestSubmit).not.toHaveBeenCalled()
  await dispatch('keydown', { key: 'Enter', ctrlKey: true })
  expect(form.requestSubmit).toHaveBeenCalledOnce()
})
