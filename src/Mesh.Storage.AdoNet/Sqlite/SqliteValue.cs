using SQLitePCL;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>A value bound to a parameter without a box.</summary>
internal readonly struct SqliteValue
{
    private readonly Form _form;
    private readonly long _number;
    private readonly ulong _low;
    private readonly ReadOnlyMemory<byte> _bytes;

    private SqliteValue(Form form, long number = 0, ulong low = 0, ReadOnlyMemory<byte> bytes = default) =>
        (_form, _number, _low, _bytes) = (form, number, low, bytes);

    private enum Form
    {
        Null,
        Number,
        Id,
        Bytes,
    }

    public static implicit operator SqliteValue(long number) => new(Form.Number, number);

    public static implicit operator SqliteValue(ReadOnlyMemory<byte> bytes) => new(Form.Bytes, bytes: bytes);

    public static implicit operator SqliteValue(byte[] bytes) => new(Form.Bytes, bytes: bytes);

    public static implicit operator SqliteValue(RingId? id) => id is { } some ? new(Form.Id, (long)some.Milliseconds, some.Number) : default;

    /// <summary>SQLite takes a copy.</summary>
    public void Bind(sqlite3_stmt statement, int index)
    {
        switch (_form)
        {
            case Form.Number:
                raw.sqlite3_bind_int64(statement, index, _number);
                break;
            case Form.Id:
                Span<byte> id = stackalloc byte[StoredForm.IdBytes];
                StoredForm.Write(new RingId((ulong)_number, _low), id);
                raw.sqlite3_bind_blob(statement, index, id);
                break;
            case Form.Bytes:
                raw.sqlite3_bind_blob(statement, index, _bytes.Span);
                break;
            default:
                raw.sqlite3_bind_null(statement, index);
                break;
        }
    }
}
