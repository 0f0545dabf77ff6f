using Mesh.Hosting.Doors;

namespace Mesh.Deployment.Tests;

/// <summary>The doors that options open.</summary>
internal static class OpenListeners
{
    public static IReadOnlyList<(string Option, ListenAddress Address)> Of(DoorOptions options) =>
        [.. options.Listeners.Where(each => each.Address is not null).Select(each => (each.Option, each.Address!))];
}
