const LENGTH = '15-Jan-2026 10:20:30 +0000'.length
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'
/** Longer is no date, whatever it says. */
const MAX_LENGTH = 100

/**
 * Reads an INTERNALDATE (RFC 9051 section 9, date-time), in the spelling of the standard without a detour, in others as far as JavaScript
 * knows them. Null for what is no date, and for what a database cannot store.
 */
export function readInternalDate(text: string): Date | null {
  const exact = text.length === LENGTH ? readExact(text) : null
  const time = exact ?? (text.length <= MAX_LENGTH ? new Date(text).getTime() : Number.NaN)
  return time >= 0 && time < Date.UTC(10_000, 0) ? new Date(time) : null
}

function readExact(text: string): number | null {
  const month = MONTHS.indexOf(text.slice(3, 6).toLowerCase()) / 3
  const day = readDigits(text, 0, 2)
  const year = readDigits(text, 7, 4)
  const hour = readDigits(text, 12, 2)
  const minute = readDigits(text, 15, 2)
  const second = readDigits(text, 18, 2)
  const zone = readDigits(text, 22, 4)
  const sign = text[21]
  const isExact = month >= 0 && Number.isInteger(month) && (sign === '+' || sign === '-') && zone >= 0 && year >= 0
  const isOnClock = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60
  if (!isExact || !isOnClock || day < 1 || day > 31) return null
  const zoneMinutes = Math.floor(zone / 100) * 60 + (zone % 100)
  return Date.UTC(year, month, day, hour, minute, second) - (sign === '-' ? -zoneMinutes : zoneMinutes) * 60_000
}

/** As a digit. */
const BLANK = 0x20 - 0x30

/** A number of so many digits, the first of which may be a blank; -1 when it is none. */
function readDigits(text: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (index !== at || digit !== BLANK) return -1
  }
  return value
}
