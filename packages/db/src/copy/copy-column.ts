import type { OctetWriter } from './octet-writer.ts'

/** A column of COPY in binary form: how a row's value is written, its length before it. */
export interface CopyColumn<Row> {
  readonly name: string
  readonly write: (out: OctetWriter, row: Row) => void
}

type Read<Row, Value> = (row: Row) => Value | null

const NULL = -1
/** PostgreSQL counts time from here. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)
const TEXT_OID = 25
const JSONB_VERSION = 1

function column<Row, Value>(name: string, read: Read<Row, Value>, write: (out: OctetWriter, value: Value) => void): CopyColumn<Row> {
  return {
    name,
    write: (out, row) => {
      const value = read(row)
      if (value === null) {
        out.int32(NULL)
      } else {
        write(out, value)
      }
    },
  }
}

export function uuidColumn<Row>(name: string, read: Read<Row, string>): CopyColumn<Row> {
  return column(name, read, (out, value) => out.octets(Buffer.from(value.replaceAll('-', ''), 'hex')))
}

export function textColumn<Row>(name: string, read: Read<Row, string>): CopyColumn<Row> {
  return column(name, read, (out, value) => out.text(value))
}

export function octetsColumn<Row>(name: string, read: Read<Row, Uint8Array>): CopyColumn<Row> {
  return column(name, read, (out, value) => out.octets(value))
}

export function booleanColumn<Row>(name: string, read: Read<Row, boolean>): CopyColumn<Row> {
  return column(name, read, (out, value) => {
    out.int32(1)
    out.int8(value ? 1 : 0)
  })
}

export function bigintColumn<Row>(name: string, read: Read<Row, bigint | number>): CopyColumn<Row> {
  return column(name, read, (out, value) => {
    out.int32(8)
    out.int64(BigInt(value))
  })
}

export function timeColumn<Row>(name: string, read: Read<Row, Date>): CopyColumn<Row> {
  return column(name, read, (out, value) => {
    out.int32(8)
    out.int64(BigInt(value.getTime() - POSTGRES_EPOCH_MS) * 1000n)
  })
}

export function jsonColumn<Row>(name: string, read: Read<Row, object>): CopyColumn<Row> {
  return column(name, read, (out, value) => {
    const text = Buffer.from(JSON.stringify(value), 'utf8')
    out.int32(text.length + 1)
    out.int8(JSONB_VERSION)
    out.bare(text)
  })
}

export function textArrayColumn<Row>(name: string, read: Read<Row, readonly string[]>): CopyColumn<Row> {
  return column(name, read, (out, values) =>
    out.measured(() => {
      out.int32(values.length === 0 ? 0 : 1)
      out.int32(0)
      out.int32(TEXT_OID)
      if (values.length > 0) {
        out.int32(values.length)
        out.int32(1)
        for (const value of values) {
          out.text(value)
        }
      }
    }),
  )
}
