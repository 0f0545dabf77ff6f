using System.Runtime.CompilerServices;

namespace Mesh.Client.Reads;

/// <summary>Reads page after page to an end that is known when it begins.</summary>
internal sealed class PageReader(MeshClient client, string project, string address, RecordFilter? filter)
{
    public async IAsyncEnumerable<MeshRecord> ReadAsync(ReadStart start, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new V1.ReadRequest { Project = project, Stream = address, Filter = filter?.ToMessage() };
        start.WriteTo(request);
        long? end = null;
        while (true)
        {
            var page = await client.CallAsync("Read", request, V1.ReadResponse.Parser, cancel).ConfigureAwait(false);
            end ??= page.HighWatermark;
            foreach (var record in page.Records)
                if (record.Sequence <= end) yield return new MeshRecord(record);
            if (page.Next > end) yield break;
            request.From = page.Next;
        }
    }

    public async IAsyncEnumerable<MeshRecord> DeadLettersAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new V1.DeadLettersRequest { Project = project, Stream = address };
        while (true)
        {
            var page = await client.CallAsync("DeadLetters", request, V1.DeadLettersResponse.Parser, cancel).ConfigureAwait(false);
            foreach (var record in page.Records) yield return new MeshRecord(record);
            if (page.End) yield break;
            request.After = page.Next;
        }
    }
}
