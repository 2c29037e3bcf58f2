import { expect, test } from 'vitest'
import { aComplaint, aDeliveryReport, DISGUISED } from '../testing/reports.ts'
import { readReport, stopsAddress } from './report.ts'

const ID = 'ntf_019aa5c2-8c00-7000-8000-0000000000a1'
const read = (text: string) => readReport(Buffer.from(text))

test('an e-mail that was not delivered for good is read from its report, by the id that the shop gave it', async () => {
  expect(await read(aDeliveryReport(ID))).toEqual({
    type: 'failed',
    notificationId: ID,
    status: '5.1.1',
    stopsAddress: true,
  })
  expect(await read(aDeliveryReport(ID, { status: '5.2.2' }))).toMatchObject({ stopsAddress: false })
  expect(await read(aDeliveryReport(ID, { action: 'Failed' }))).toMatchObject({ status: '5.1.1' })
  for (const type of ['message/rfc822', 'message/rfc822-headers'])
    expect(await read(aDeliveryReport(ID).replace('text/rfc822-headers', type))).toMatchObject({
      notificationId: ID,
    })
})

test('a complaint is read from its report', async () => {
  expect(await read(aComplaint(ID))).toEqual({ type: 'complaint', notificationId: ID })
  expect(await read(aComplaint(ID).replace('abuse\nUser', 'Abuse\nUser'))).toMatchObject({
    type: 'complaint',
  })
  expect(await read(aComplaint(ID).replace('Feedback-Type: abuse', 'Feedback-Type: not-spam'))).toBeNull()
})

test.each([
  ['a delay', aDeliveryReport(ID, { action: 'delayed', status: '4.4.1' })],
  ['a delay with the status of a failure', aDeliveryReport(ID, { action: 'delayed', status: '5.1.1' })],
  ['a delivery', aDeliveryReport(ID, { action: 'delivered', status: '2.0.0' })],
  ['a failure that may pass', aDeliveryReport(ID, { status: '4.2.2' })],
  ['an e-mail of somebody else', aDeliveryReport('msg_1')],
  ['an e-mail that speaks of a failure', DISGUISED(ID)],
  ['a report with too many lines', `${aDeliveryReport(ID)}${'\n'.repeat(11_000)}`],
  ['nothing', ''],
  ['no e-mail', '\0\u0001'.repeat(1_000)],
  ['parts within parts', 'Content-Type: multipart/mixed; boundary=a\n\n--a\n'.repeat(100)],
])('%s says nothing', async (_, text) => {
  expect(await read(text)).toBeNull()
})

test('an address stops for what concerns it, not for a full mailbox or a policy', () => {
  expect(['5.1.1', '5.1.10', '5.2.1'].map(stopsAddress)).toEqual([true, true, true])
  expect(['5.2.2', '5.7.1', '5.0.0', '4.1.1', '5.11.1'].map(stopsAddress)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
