using System.Runtime.CompilerServices;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Walks the names of all trees of channels.</summary>
internal static class TreeNames
{
    private const int TreesAPage = 1000;

    public static async IAsyncEnumerable<StreamName> AllAsync(ICatalogue catalogue, [EnumeratorCancellation] CancellationToken cancel)
    {
        // A listing goes on after a name, so it never shows the tree whose name is empty.
        yield return StreamName.Channel("");
        var after = "";
        while (true)
        {
            var page = await catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Channel, after, TreesAPage, cancel).ConfigureAwait(false);
            foreach (var entry in page) yield return entry.Name;
            if (page.Count < TreesAPage) yield break;
            after = page[^1].Name.Name;
        }
    }
}
