import type { PaymentSettings } from '../settings.ts'
import type { Gateway } from './gateway.ts'

/** Opens the gateway of the settings. The libraries of other gateways are not loaded. */
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
    case 'stripe': {
      const { stripeGateway } = await import('./stripe-gateway.ts')
      return stripeGateway({
        url: settings.STRIPE_API_URL,
        secretKey: settings.STRIPE_SECRET_KEY,
        publishableKey: settings.STRIPE_PUBLISHABLE_KEY,
        webhookSecret: settings.STRIPE_WEBHOOK_SECRET,
        returnUrl,
      })
    }
    case 'paypal': {
      const { paypalGateway } = await import('./paypal-gateway.ts')
      return paypalGateway({
        url: settings.PAYPAL_API_URL,
        clientId: settings.PAYPAL_CLIENT_ID,
        clientSecret: settings.PAYPAL_CLIENT_SECRET,
        webhookId: settings.PAYPAL_WEBHOOK_ID,
        returnUrl,
      })
    }
  }
}
