namespace Mesh.Deployment.Tests;

/// <summary>The folder that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Path(string path) => System.IO.Path.Combine(Root, path);

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
            if (File.Exists(System.IO.Path.Combine(folder, "Mesh.sln"))) return folder;
        throw new DirectoryNotFoundException("The tests run from their place in the project's folder.");
    }
}
