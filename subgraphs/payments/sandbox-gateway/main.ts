import { environment, readSettings } from '@argyle/kit/config'
import { sandboxSettings } from './config.ts'
import { startSandboxGateway } from './server.ts'

/** Runs the sandbox gateway as a process of its own until SIGTERM or SIGINT. */
try {
  const settings = readSettings(sandboxSettings, environment())
  const gateway = await startSandboxGateway({
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: settings.DATABASE_URL,
    key: settings.SANDBOX_GATEWAY_KEY,
    webhook: { url: () => settings.SANDBOX_WEBHOOK_URL, secret: settings.SANDBOX_WEBHOOK_SECRET },
    publicUrl: settings.SANDBOX_PUBLIC_URL,
    speed: settings.SPEED,
  })
  console.log(`the sandbox gateway listens at ${gateway.url}`)
  const stop = () => void gateway.close().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  console.error('the sandbox gateway did not start:', error instanceof Error ? error.message : error)
  process.exit(1)
}
