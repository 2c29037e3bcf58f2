import { systemClock } from '@argyle/kit/clock'
import { validate } from '@argyle/kit/user-errors'
import { grantRole } from './account/account.ts'
import { roleGrantSchema } from './account/account-input.ts'
import { accountStore } from './account/account-store.ts'
import { CommandRefused, commandSettings, runCommand } from './command.ts'

/** The actor in the audit log of role changes. */
const ACTOR = 'operator'
const USAGE = 'usage: npm run grant-role -- EMAIL ROLE'

// Grants a role without a signed-in administrator: a new shop has none.
await runCommand(commandSettings, 'no role was granted', async (prisma) => {
  const [email = '', role = '', ...others] = process.argv.slice(2)
  if (others.length > 0) throw new CommandRefused(`not understood: ${others.join(' ')}\n  ${USAGE}`)
  const checked = validate(roleGrantSchema, { email, role })
  if (!checked.ok) throw new CommandRefused(`${messagesOf(checked)}\n  ${USAGE}`)
  const input = checked.value
  const accounts = accountStore(prisma, systemClock)
  const known = await accounts.byEmail(input.email)
  if (!known) throw new CommandRefused(`no account has the e-mail address ${input.email}: sign up first`)
  const change = { userId: known.id, actorId: ACTOR, action: 'grantRole' } as const
  const decision = await accounts.changeRole(change, (account, _, now) =>
    grantRole(account, { expectedVersion: account.version, role: input.role }, now),
  )
  if (!decision.ok) throw new CommandRefused(messagesOf(decision))
  return `${input.email} is ${decision.value.roles.join(', ')}: from the next sign-in on, or within 10 minutes`
})

function messagesOf({ errors }: { readonly errors: readonly { readonly message: string }[] }): string {
  return errors.map(({ message }) => message).join('\n  ')
}
