import { collapseBlanks } from './collapse-blanks.ts'

const MONTHS: readonly string[] = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAY_MS = 86_400_000

const RFC5322 = /(\d{1,2})[ -]+([a-z]{3})[a-z]*[ -]+(\d{2,4})[ ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[ ]*([+-]\d{4}|[a-z]{1,5}))?/iu
const ISO8601 = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?[ ]*(Z|[+-]\d{2}:?\d{2})?/iu
/** What asctime writes, and some list software with it: `Wed Jan 14 22:03:11 2026`. */
const ASCTIME = /^[a-z]{3} ([a-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (?:[a-z]{3,4} )?(\d{4})/iu

/** RFC 5322 section 4.3. Every other name means "not known", hence UTC. */
const ZONE_HOURS: ReadonlyMap<string, number> = new Map([
  ['est', -5],
  ['edt', -4],
  ['cst', -6],
  ['cdt', -5],
  ['mst', -7],
  ['mdt', -6],
  ['pst', -8],
  ['pdt', -7],
  ['cet', 1],
  ['cest', 2],
])

/**
 * Reads a Date header (RFC 5322 section 3.3, its obsolete forms, ISO 8601). Null for what is no date, and for dates before 1970 or
 * more than a day after `now`: a sender may write anything, and the database has an end.
 */
export function parseDate(header: string | null, now: Date): Date | null {
  const text = collapseBlanks((header ?? '').slice(0, 200).replace(/\([^)]*\)/gu, ' ')).trim()
  const time = readRfc5322(text) ?? readIso8601(text) ?? readAsctime(text)
  if (time === null || Number.isNaN(time) || time < 0 || time > now.getTime() + DAY_MS) {
    return null
  }
  return new Date(time)
}

function readRfc5322(text: string): number | null {
  const match = RFC5322.exec(text)
  if (match === null) {
    return null
  }
  const [, day, month, year, hour, minute, second, zone] = match
  return toTime(
    [fullYear(year ?? ''), monthIndex(month), Number(day), Number(hour), Number(minute), Number(second ?? 0)],
    zoneMinutes(zone),
  )
}

function readIso8601(text: string): number | null {
  const match = ISO8601.exec(text)
  if (match === null) {
    return null
  }
  const [, year, month, day, hour, minute, second, zone] = match
  const fields = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second ?? 0)] as const
  return toTime(fields, zoneMinutes(zone?.replace(':', '')))
}

function readAsctime(text: string): number | null {
  const match = ASCTIME.exec(text)
  if (match === null) {
    return null
  }
  const [, month, day, hour, minute, second, year] = match
  return toTime([Number(year), monthIndex(month), Number(day), Number(hour), Number(minute), Number(second)], 0)
}

type DateFields = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number]

function toTime([year, month, day, hour, minute, second]: DateFields, offsetMinutes: number): number | null {
  const valid = month >= 0 && month < 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60
  return valid ? Date.UTC(year, month, day, hour, minute, Math.min(second, 59)) - offsetMinutes * 60_000 : null
}

/** RFC 5322 section 4.3: two digits below 50 are of this century, other two or three digits count from 1900. */
function fullYear(year: string): number {
  const number = Number(year)
  if (year.length >= 4) {
    return number
  }
  return year.length === 2 && number < 50 ? 2000 + number : 1900 + number
}

function monthIndex(month: string | undefined): number {
  return MONTHS.indexOf((month ?? '').slice(0, 3).toLowerCase())
}

/** Minutes east of UTC. An offset beyond a day is no offset. */
function zoneMinutes(zone: string | undefined): number {
  const numeric = /^([+-])(\d{2})(\d{2})$/u.exec(zone ?? '')
  if (numeric === null) {
    return (ZONE_HOURS.get((zone ?? '').toLowerCase()) ?? 0) * 60
  }
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
  return minutes >= 24 * 60 ? 0 : minutes * (numeric[1] === '-' ? -1 : 1)
}
