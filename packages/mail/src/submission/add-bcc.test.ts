import { describe, expect, it } from 'vitest'
import { parseMessage } from '../content/parse-message.ts'
import { addBcc } from './add-bcc.ts'

const SOURCE = Buffer.from(
  'From: ada@maildock.test\r\nTo: grace@maildock.test\r\nSubject: Plans\r\n\r\nFirst line\r\n\r\nBcc: not a header\r\n',
)

describe('addBcc', () => {
  it('names the recipients of blind copies at the end of the header, and leaves the rest as it is', () => {
    const copy = addBcc(SOURCE, ['alan@maildock.test', 'jürgen@bücher.test'])
    expect(copy.toString()).toBe(
      SOURCE.toString().replace('Subject: Plans\r\n\r\n', 'Subject: Plans\r\nBcc: alan@maildock.test,\r\n jürgen@bücher.test\r\n\r\n'),
    )
  })

  it('is read back as one list, also when it is long', () => {
    const addresses = Array.from({ length: 50 }, (_, index) => `reader-${index}@a-rather-long-domain.maildock.test`)
    const copy = addBcc(SOURCE, addresses)
    expect(
      Math.max(
        ...copy
          .toString()
          .split('\r\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThan(100)
    expect(parseMessage(copy).bcc.map(({ address }) => address)).toEqual(addresses)
  })

  it('does nothing when there are none', () => {
    expect(addBcc(SOURCE, [])).toBe(SOURCE)
  })
})
