/** A delivery status notification as a mail server writes it (RFC 3464). */
export function aDeliveryReport(
  notificationId: string,
  { action = 'failed', status = '5.1.1', to = 'ada@argyle.example' } = {},
): string {
  return `From: MAILER-DAEMON@mx.example
To: shop@argyle.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sat, 28 Nov 2026 09:30:00 +0000

Final-Recipient: rfc822; ${to}
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; 550 ${status} no such user here

--b1
Content-Type: text/rfc822-headers

From: Argyle <shop@argyle.example>
Message-ID: <${notificationId}@argyle.example>
Subject: Order A-7K2M-9QX3 is on its way

--b1--
`
}

/** A complaint in the Abuse Reporting Format (RFC 5965). */
export function aComplaint(notificationId: string): string {
  return `From: feedback@mail.example
To: shop@argyle.example
Subject: FW: Order A-7K2M-9QX3 is on its way
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

--b2
Content-Type: text/plain

This is an email abuse report.

--b2
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Mail/1.0
Version: 1

--b2
Content-Type: message/rfc822

From: Argyle <shop@argyle.example>
Message-ID: <${notificationId}@argyle.example>
Subject: Order A-7K2M-9QX3 is on its way

Hello Ada
--b2--
`
}

/** An e-mail whose text looks like a report. */
export const DISGUISED = (notificationId: string) => `From: eve@argyle.example
To: shop@argyle.example
Subject: Undelivered
Content-Type: text/plain

Action: failed
Status: 5.1.1
Message-ID: <${notificationId}@argyle.example>
`
