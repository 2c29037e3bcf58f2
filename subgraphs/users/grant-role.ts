import { systemClock } from '@argyle/kit/clock'
import { validate } from '@argyle/kit/user-errors'
import { grantRole } from './account/account.ts'
import { roleGrantSchema } from './account/account-input.ts'
import { accountStore } from './account/account-store.ts'
import { CommandRefused, commandSettings, runCommand } from './command.ts'

/** The actor in the audit log of role changes. */
const ACTOR = 'operator'
const USAGE = 'npm run grant-role -- EMAIL ROLE'
const HELP = `${USAGE}

Grants a role to the account with this e-mail address, without a signed-in administrator: a new shop has none.
ROLE is one of ${roleGrantSchema.shape.role.options.join(', ')}.

DATABASE_URL is the database of users, as for the service itself.`

await runCommand({
  settings: commandSettings,
  help: HELP,
  failure: 'no role was granted',
  async run(prisma, _, [email = '', role = '', ...others]) {
    if (others.length > 0)
      throw new CommandRefused(`unexpected arguments: ${others.join(' ')}\n  usage: ${USAGE}`)
    const checked = validate(roleGrantSchema, { email, role })
    if (!checked.ok) throw new CommandRefused(`${messagesOf(checked)}\n  usage: ${USAGE}`)
    const input = checked.value
    const accounts = accountStore(prisma, systemClock)
    const known = await accounts.byEmail(input.email)
    if (!known) throw new CommandRefused(`no account has the e-mail address ${input.email}: sign up first`)
    const change = { userId: known.id, actorId: ACTOR, action: 'grantRole' } as const
    const decision = await accounts.changeRole(change, (account, _account, now) =>
      grantRole(account, { expectedVersion: account.version, role: input.role }, now),
    )
    if (!decision.ok) throw new CommandRefused(messagesOf(decision))
    return `${input.email} is ${decision.value.roles.join(', ')}: from the next sign-in on, or within 10 minutes`
  },
})

function messagesOf({ errors }: { readonly errors: readonly { readonly message: string }[] }): string {
  return errors.map(({ message }) => message).join('\n  ')
}
