using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Entries of a stream in replies: id, then fields and values in turn.</summary>
internal static class Entries
{
    /// <summary>The entries of a page behind the header of their array.</summary>
    public static void WriteArray(RespBuffer reply, RecordPage page)
    {
        reply.ArrayHeader(page.Count);
        Write(reply, page);
    }

    /// <summary>As the other, with the ids of entries that are gone among them, in order, each with a null for its fields.</summary>
    public static void WriteArray(RespSession session, RecordPage page, IReadOnlyList<RingId> missing)
    {
        var next = 0;
        session.Reply.ArrayHeader(page.Count + missing.Count);
        foreach (var record in page)
        {
            while (next < missing.Count && missing[next] < AddressedLog.IdOf(record)) WriteMissing(session, missing[next++]);
            Write(session.Reply, record);
        }

        while (next < missing.Count) WriteMissing(session, missing[next++]);
    }

    public static void WriteIds(RespBuffer reply, IReadOnlyList<RingId> ids)
    {
        reply.ArrayHeader(ids.Count);
        foreach (var id in ids) reply.Id(id);
    }

    public static void Write(RespBuffer reply, RecordPage page)
    {
        foreach (var record in page) Write(reply, record);
    }

    /// <summary>What the records of a page take as they are stored, in bytes, which is about what they take in a reply. Counted without reading them.</summary>
    public static long BytesOf(RecordPage page)
    {
        long bytes = 0;
        for (var i = 0; i < page.Slices.Count; i++)
        {
            var walker = page.Slices[i].GetEnumerator();
            while (walker.MoveNext()) bytes += walker.Length;
        }

        return bytes;
    }

    /// <summary>Id of the last record in the order asked for.</summary>
    /// <param name="page">At least one record.</param>
    public static RingId LastOf(RecordPage page)
    {
        var slice = page.Slices[^1];
        var walker = slice.Part(slice.Count - 1, 1).GetEnumerator();
        walker.MoveNext();
        return AddressedLog.IdOf(walker.Current);
    }

    private static void WriteMissing(RespSession session, RingId id)
    {
        session.Reply.ArrayHeader(2);
        session.Reply.Id(id);
        session.WriteNullArray();
    }

    private static void Write(RespBuffer reply, in RecordView record)
    {
        reply.ArrayHeader(2);
        reply.Id(AddressedLog.IdOf(record));
        if (record.ContentType == ContentType.RespFields) reply.Raw(record.Body);
        else WriteOther(reply, record);
    }

    /// <summary>What came through another protocol shows as the field <c>data</c>, with its key and type beside it where it has them.</summary>
    private static void WriteOther(RespBuffer reply, in RecordView record)
    {
        var type = record.ContentType switch
        {
            ContentType.Json => "application/json",
            ContentType.Text => "text/plain; charset=utf-8",
            ContentType.ProtobusEvent => "application/vnd.mesh.protobus+protobuf",
            ContentType.Sealed => "application/vnd.mesh.sealed",
            ContentType.Other => Encoding.UTF8.GetString(record.ContentTypeName),
            _ => null,
        };
        var fields = 1 + (type is null ? 0 : 1) + (record.Key.IsEmpty ? 0 : 1);
        reply.ArrayHeader(fields * 2);
        reply.Bulk("data"u8);
        reply.Bulk(record.Body);
        if (!record.Key.IsEmpty)
        {
            reply.Bulk("key"u8);
            reply.Bulk(record.Key);
        }

        if (type is null) return;
        reply.Bulk("type"u8);
        reply.Bulk(type);
    }
}
