import path from 'node:path'
import { parseSettings, type RouterSettings, readSettings } from '../../../router/settings.ts'
import { root } from '../../repository.ts'

/**
 * The settings of router.yaml, with additional origins of browser clients. Those may send cookies, which
 * sign-in needs.
 * @throws UsageError with the invalid origin
 */
export function shopRouterSettings(corsOrigins: readonly string[]): RouterSettings {
  const settings = readSettings(path.join(root, 'router.yaml'))
  if (corsOrigins.length === 0) return settings
  const { http } = parseSettings(
    { http: { cors: { origins: [...corsOrigins], credentials: true } } },
    '--cors',
  )
  const origins = [...new Set([...settings.http.cors.origins, ...http.cors.origins])]
  return { ...settings, http: { ...settings.http, cors: { ...http.cors, origins } } }
}
