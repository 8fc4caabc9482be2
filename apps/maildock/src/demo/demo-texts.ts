/** Texts of the demo mail. Role addresses at reserved domains only. */
export interface DemoText {
  readonly from: string
  readonly subject: string
  readonly text: string
}

export const NOTICES: readonly [DemoText, ...DemoText[]] = [
  {
    from: 'Billing <billing@example.com>',
    subject: 'Your receipt',
    text: 'Thank you for your payment of 24.00 EUR.\nNothing else is needed from you.',
  },
  {
    from: 'Monitoring <alerts@example.net>',
    subject: 'Resolved: response time above 400 ms',
    text: 'The check "web-1" is back to normal after 6 minutes.',
  },
  { from: 'Builds <builds@example.org>', subject: 'Build passed on main', text: 'All 412 tests passed in 3 minutes and 12 seconds.' },
  {
    from: 'Shop <orders@example.com>',
    subject: 'Your order is on its way',
    text: 'One parcel left our warehouse today and should reach you in two days.',
  },
  { from: 'Calendar <calendar@example.com>', subject: 'Reminder: weekly planning', text: 'Starts in one hour, room 2 or by video.' },
  {
    from: 'Support <support@example.com>',
    subject: 'We have received your request',
    text: 'An answer usually takes less than one working day.',
  },
  {
    from: 'Security <security@example.net>',
    subject: 'New sign-in to your workspace',
    text: 'A sign-in from a new browser was noticed. If it was you, there is nothing to do.',
  },
  { from: 'Travel <bookings@example.org>', subject: 'Your itinerary', text: 'Departure 08:12, arrival 11:40. Seats 41 and 42, coach 7.' },
]

export const NEWSLETTERS: readonly [DemoText, ...DemoText[]] = [
  {
    from: 'The Weekly Harbour <news@example.com>',
    subject: 'What moved this week',
    text: 'Three short stories about shipping, schedules and the sea.\n\nFirst, the new timetable: fewer stops, shorter waits.\n\nThen, what the tide tables of the last ten years say about the next one.',
  },
  {
    from: 'Release Notes <updates@example.org>',
    subject: 'Changes you may notice',
    text: 'Search is faster on long lists.\n\nDark mode follows your system now.\n\nAnd eleven small things that used to annoy you are gone.',
  },
  {
    from: 'Kitchen Letters <letters@example.net>',
    subject: 'Five dinners, one pan',
    text: 'Start with onions, always.\n\nThis week: beans with lemon, rice with almost nothing, and a soup that waits for you.',
  },
]

export interface DemoThread {
  readonly from: string
  readonly subject: string
  readonly lines: readonly string[]
}

export const THREADS: readonly DemoThread[] = [
  {
    from: 'Support <support@example.com>',
    subject: 'Question about the export',
    lines: [
      'Does the export contain archived items?',
      'It does since the last release.',
      'Good. And their attachments?',
      'As links, not as files.',
      'That will do, thank you.',
    ],
  },
  {
    from: 'Office <office@example.org>',
    subject: 'Key handover on Thursday',
    lines: ['Is ten in the morning possible?', 'Half past ten would be better.', 'Half past ten it is.'],
  },
  {
    from: 'Design <design@example.com>',
    subject: 'Second draft of the front page',
    lines: [
      'The second draft is on the board.',
      'The headline is better. The picture is still too dark.',
      'A lighter one is up now.',
      'Yes. Ship it.',
    ],
  },
]

export interface ForeignLetter {
  readonly from: string
  /** RFC 2047 encoded words. */
  readonly subject: string
  readonly charset: string
  readonly base64: string
}

/** One short letter for each of the character sets mail still comes in. */
export const FOREIGN_LETTERS: readonly ForeignLetter[] = [
  {
    from: 'Info <info@example.jp>',
    subject: '=?iso-2022-jp?B?GyRCNUQ7dk8/GyhC?=',
    charset: 'iso-2022-jp',
    base64: 'GyRCMnE1RCRONUQ7dk8/JHIkKkF3JGokNyReJDkhIxsoQgobJEI8ITJzJE82Yk1LRnwkTjhhOGU7MDt+JCskaSRHJDkhIxsoQgo=',
  },
  {
    from: 'Info <info@example.ru>',
    subject: '=?koi8-r?B?896j1CDawSDPy9TRwtLY?=',
    charset: 'koi8-r',
    base64: '5M/C0tnKIMTFztghCvPeo9Qg2sEgz8vU0cLS2CDP0MzB3sXOLCDT0MHTycLPLgo=',
  },
  {
    from: 'Info <info@example.cn>',
    subject: '=?gb18030?B?vL62yLGovNu1pQ==?=',
    charset: 'gb18030',
    base64: 'xPq6w6OsCri9vP7Kx7G+vL62yLXEsai827Wlo6zH67LpytWhowo=',
  },
  {
    from: 'Info <info@example.de>',
    subject: '=?windows-1252?B?UmVjaG51bmcgNDcxMSCWIGJlemFobHQ=?=',
    charset: 'windows-1252',
    base64: 'SGFsbG8sCmRpZSBSZWNobnVuZyD8YmVyIDEuMjUwLDAwIIAgaXN0IGJlemFobHQgliB2aWVsZW4gRGFuayEK',
  },
  {
    from: 'Info <info@example.fr>',
    subject: '=?iso-8859-1?B?Uul1bmlvbiByZXBvcnTpZQ==?=',
    charset: 'iso-8859-1',
    base64: 'Qm9uam91ciwKbGEgcul1bmlvbiBkZSBtYXJkaSBlc3QgcmVwb3J06WUg4CBqZXVkaS4gwCBiaWVudPR0Lgo=',
  },
  {
    from: 'Info <info@example.pt>',
    subject: '=?utf-8?B?Tm92YSB2ZXJzw6NvIGRpc3BvbsOtdmVsIPCfjok=?=',
    charset: 'utf-8',
    base64: 'T2zDoSEg8J+RiwpBIG5vdmEgdmVyc8OjbyBqw6EgZXN0w6EgZGlzcG9uw612ZWwuIEF0w6kgasOhLgo=',
  },
]
