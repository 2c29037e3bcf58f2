import { BadSettings, environment, readSettings } from '@argyle/kit/config'
import { startSimulatedCarrier } from './server.ts'
import { carrierSettings } from './settings.ts'

/** Runs the simulated carrier as a process of its own until SIGTERM or SIGINT. */
try {
  const settings = readSettings(carrierSettings, environment())
  const carrier = await startSimulatedCarrier({
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: settings.DATABASE_URL,
    apiKey: settings.CARRIER_API_KEY,
    webhookSecret: settings.CARRIER_WEBHOOK_SECRET,
    webhookUrl: settings.WEBHOOK_URL,
    speed: settings.SPEED,
  })
  console.log(`the simulated carrier listens at ${carrier.url}`)
  const stop = () => void carrier.close().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  console.error('the simulated carrier did not start:', error instanceof BadSettings ? error.message : error)
  process.exit(1)
}
