using Mesh.Gateway;
using Mesh.Hosting.Options;
using Mesh.SiloHost;
using Xunit;

namespace Mesh.Deployment.Tests;

/// <summary>What the README's section on the cluster says of the options holds.</summary>
public sealed class ReadmeTests
{
    private static readonly string Section = Read();

    [Fact]
    public void Its_table_has_every_option_of_a_silo_with_its_default() =>
        Assert.All(SiloHostOptions.Table.All, option => Assert.Contains($"| `--{option.Name}` | {option.Default} | `{option.Variable}` |", Section));

    [Fact]
    public void It_names_every_option_that_a_gateway_has_beside_its_doors()
    {
        var shared = SiloHostOptions.Table.All.Select(option => option.Name).ToHashSet();
        var own = GatewayOptions.Table.All.Select(option => option.Name).Except(Standalone.StandaloneOptions.Table.All.Select(option => option.Name));
        Assert.All(own, name => Assert.Contains($"`--{name}`", Section));
        Assert.All(own.Where(shared.Contains), name => Assert.Matches($"\\| `--{name}` \\|.*\\*both\\*", Section));
    }

    [Fact]
    public void The_defaults_that_help_shows_are_the_defaults()
    {
        AssertDefaults(SiloHostOptions.Table);
        AssertDefaults(GatewayOptions.Table);
    }

    private static void AssertDefaults<T>(OptionTable<T> table)
        where T : new() =>
        Assert.Equal(new T(), table.All.Where(option => option.Name is not ("data" or "rse-mode" or "zaqar-private-webhooks" or "zaqar-pools")).Aggregate(new T(), (options, option) => option.Apply(options, option.Default)));

    private static string Read()
    {
        var text = File.ReadAllText(Repository.Path("README.md"));
        var from = text.IndexOf("\n## A cluster\n", StringComparison.Ordinal);
        return text[from..text.IndexOf("\n## ", from + 1, StringComparison.Ordinal)];
    }
}
