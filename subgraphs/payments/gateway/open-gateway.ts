import type { PaymentSettings } from '../settings.ts'
import type { Gateway } from './gateway.ts'

/** The gateway that the settings name. The libraries of the others are not loaded. */
export async function openGateway(settings: PaymentSettings): Promise<Gateway> {
  const returnUrl = settings.PAYMENT_RETURN_URL ?? null
  switch (settings.PAYMENT_GATEWAY) {
    case 'sandbox': {
      const { sandboxGateway } = await import('./sandbox-gateway.ts')
      return sandboxGateway({
        url: settings.SANDBOX_GATEWAY_URL,
        key: settings.SANDBOX_GATEWAY_KEY,
        webhookSecret: settings.SANDBOX_WEBHOOK_SECRET,
        publicUrl: settings.SANDBOX_PUBLIC_URL ?? settings.SANDBOX_GATEWAY_URL,
        returnUrl,
      })
    }
  }
}
