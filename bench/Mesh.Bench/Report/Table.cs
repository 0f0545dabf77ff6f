namespace Mesh.Bench.Report;

/// <summary>Prints rows of a Markdown table as they come.</summary>
internal sealed class Table
{
    public Table(string title, params string[] columns)
    {
        Console.WriteLine($"\n## {title}\n");
        Row(columns);
        Row([.. columns.Select(_ => "---")]);
    }

    public void Row(params string[] cells)
    {
        Console.WriteLine($"| {string.Join(" | ", cells)} |");
        Console.Out.Flush();
    }
}
