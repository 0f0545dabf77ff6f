using System.Net;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;
using Mesh.Protocols.Http.Rse;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Mesh.Standalone.Tests;

public sealed class OptionReaderTests
{
    [Fact]
    public void Without_anything_the_doors_open_on_loopback_at_their_usual_ports()
    {
        var options = Read();
        Assert.Equal(
            ["--http 127.0.0.1:8080", "--rse 127.0.0.1:8000", "--grpc 127.0.0.1:42000", "--resp 127.0.0.1:6379", "--rotera 127.0.0.1:8245", "--zaqar-ws 127.0.0.1:9000"],
            options.Listeners.Select(each => $"{each.Option} {each.Address}"));
        Assert.Equal("./mesh.db", options.Data);
        Assert.Equal(TimeSpan.FromSeconds(120), options.RseTtl);
        Assert.Equal([RseMode.Test, RseMode.Test], Modes(options));
        Assert.Equal(LogLevel.Warning, options.LogLevel);
    }

    [Fact]
    public void The_defaults_that_help_shows_are_the_defaults()
    {
        var shown = StandaloneOptions.Table.All.Where(option => option.Name is not ("rse-mode" or "zaqar-private-webhooks" or "zaqar-pools"))
            .Aggregate(new StandaloneOptions(), (options, option) => option.Apply(options, option.Default));
        Assert.Equal(new StandaloneOptions(), shown);
    }

    [Fact]
    public void The_command_line_wins_over_a_variable_and_that_over_the_file()
    {
        const string File = """{ "Mesh": { "http": 1001, "rse": 1002, "grpc": "1003" } }""";
        var options = Read(["--http", "3001"], File, ("MESH__HTTP", "2001"), ("MESH__RSE", "2002"));
        Assert.Equal([3001, 2002, 1003], new[] { options.Http, options.Rse, options.Grpc }.Select(address => address!.Port));
    }

    [Theory]
    [InlineData("0", "127.0.0.1:0")]
    [InlineData("localhost:81", "127.0.0.1:81")]
    [InlineData("0.0.0.0:82", "0.0.0.0:82")]
    [InlineData("[::1]:83", "[::1]:83")]
    [InlineData("*:84", "[::]:84")]
    public void A_listener_takes_a_port_or_host_and_port(string text, string expected) =>
        Assert.Equal(expected, Read(["--resp", text]).Resp!.ToString());

    [Theory]
    [InlineData("off", null, null)]
    [InlineData("mesh.example", "mesh.example", null)]
    [InlineData("10.0.0.1:81", "10.0.0.1", 81)]
    [InlineData("fd00::1", "fd00::1", null)]
    [InlineData("[fd00::1]:82", "fd00::1", 82)]
    public void What_clients_of_rooms_are_told_is_a_host_and_perhaps_a_port(string text, string? host, int? port)
    {
        var advertised = Read(["--resp-advertise", text]).RespAdvertise;
        Assert.Equal((host, port), (advertised?.Host, advertised?.Port));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("0.0.0.0:81")]
    [InlineData("host:0")]
    [InlineData("fd00::1]:82")]
    public void What_clients_cannot_reach_is_not_told_to_them(string text) => Assert.Throws<OptionException>(() => Read(["--resp-advertise", text]));

    [Fact]
    public void An_option_may_be_repeated_and_the_source_that_wins_replaces_the_others()
    {
        const string File = """{ "Mesh": { "partition": ["f1:a", "f2:b"] } }""";
        string[] Prefixes(StandaloneOptions options) => [.. options.Partitions.Select(rule => rule.Prefix)];
        Assert.Equal(["f1", "f2"], Prefixes(Read([], File)));
        Assert.Equal(["v1", "v2"], Prefixes(Read([], File, ("MESH__PARTITION", "v1:a\nv2:b\n"))));
        Assert.Equal(["c1", "c2"], Prefixes(Read(["--partition", "c1:a", "--partition=c2:b"], File, ("MESH__PARTITION", "v1:a"))));
        Assert.Empty(Prefixes(Read(["--partition", "none"], File)));
    }

    [Fact]
    public void A_rule_that_cannot_be_followed_is_refused_with_its_place()
    {
        var refused = Assert.Throws<OptionException>(() => Read(["--partition", "fine:.*", "--partition", "bad:("]));
        Assert.Equal("--partition: \"bad:(\" does not fit; The pattern '(' cannot be used: a '(' is not closed (prefix:regex).", refused.Message);
    }

    [Fact]
    public void The_options_of_protobus_server_are_understood()
    {
        using var folder = new TempFolder();
        var options = Read(["--address", ":4711", "--store-root", folder.Path, "--store-pattern", "all:.*", "b-{topic}:b", "--log-level", "INFO"]);
        Assert.Equal("[::]:4711", options.Grpc!.ToString());
        Assert.Equal(Path.Combine(folder.Path, "mesh.db"), options.Data);
        Assert.Equal(["all", "b-{topic}"], options.Partitions.Select(rule => rule.Prefix));
        Assert.Equal(LogLevel.Information, options.LogLevel);
        Assert.Equal(LogLevel.Critical, Read(["--log-level", "CRITICAL"]).LogLevel);
        Assert.Contains("--connections-max", Assert.Throws<OptionException>(() => Read(["--max-threads", "5"])).Message, StringComparison.Ordinal);
        Assert.Contains("a folder that exists", Assert.Throws<OptionException>(() => Read(["--store-root", folder.File("none")])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--grpc-tls-cert")]
    [InlineData("--grpc-tls-key")]
    public void A_certificate_and_its_key_are_needed_together(string option) =>
        Assert.Contains("needed together", Assert.Throws<OptionException>(() => Read([option, "x.pem"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Off_closes_a_door() => Assert.Null(Read(["--rse=off"]).Rse);

    [Theory]
    [InlineData("MESH__RSE_MODE")]
    [InlineData("mesh__rse-mode")]
    public void Variables_take_words_joined_either_way(string name) => Assert.Equal([RseMode.Live, RseMode.Live], Modes(Read([], null, (name, "live"))));

    [Fact]
    public void Beyond_loopback_an_rse_listener_is_live_unless_told_otherwise()
    {
        Assert.Equal([RseMode.Live, RseMode.Test], Modes(Read(["--rse", "0.0.0.0:8000"])));
        Assert.Equal([RseMode.Test, RseMode.Live], Modes(Read(["--http", "*:8080"])));
        Assert.Equal([RseMode.Test, RseMode.Test], Modes(Read(["--rse", "0.0.0.0:8000", "--rse-mode", "test"])));
        Assert.Equal([RseMode.Live, RseMode.Test], Modes(Read(["--rse-mode", "http=test,rse=live"])));
        Assert.Equal([RseMode.Live, RseMode.Live], Modes(Read(["--rse", "0.0.0.0:8000", "--rse-mode", "http=live"])));
    }

    [Fact]
    public void Tokens_are_in_a_file_or_in_memcached()
    {
        Assert.Equal(["a:1", "b:11211"], Read(["--rse-tokens", "memcached:a:1,b"]).RseTokens!.Servers.Select(each => $"{each.Host}:{each.Port}"));
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("tokens"), "t");
        Assert.Equal(folder.File("tokens"), Read(["--rse-tokens", folder.File("tokens")]).RseTokens!.Path);
    }

    [Fact]
    public void Webhooks_may_be_on_this_machine_until_somebody_beyond_it_can_ask_for_them()
    {
        Assert.True(Read().WebhooksMayBePrivate);
        foreach (var door in new[] { "--http", "--rse", "--grpc", "--resp", "--rotera", "--zaqar-ws" }) Assert.False(Read([door, "0.0.0.0:1"]).WebhooksMayBePrivate);
        Assert.True(Read(["--http", "*:8080", "--zaqar-private-webhooks", "on"]).WebhooksMayBePrivate);
        Assert.False(Read(["--zaqar-private-webhooks", "off"]).WebhooksMayBePrivate);
    }

    [Theory]
    [InlineData("--http", "80800", "0 to 65535")]
    [InlineData("--http", "-1", "0 to 65535")]
    [InlineData("--rse", "example.org:80", "IP address")]
    [InlineData("--grpc", "::1:80", "IP address")]
    [InlineData("--resp", "", "0 to 65535")]
    [InlineData("--data", "", "path or a connection string")]
    [InlineData("--rse-mode", "prod", "test, live")]
    [InlineData("--rse-mode", "grpc=test", "rse=test,http=live")]
    [InlineData("--rse-mode", "rse=test,http=prod", "test, live")]
    [InlineData("--rse-tokens", "/no/such/file", "a file that can be read")]
    [InlineData("--rse-tokens", "memcached:", "a host and a port")]
    [InlineData("--rse-tokens", "memcached:a:0", "1 to 65535")]
    [InlineData("--rse-token-hashed-from", "251", "1 to 250")]
    [InlineData("--rse-waits-max", "-1", "0 to 1000000")]
    [InlineData("--rse-cors", "example.org", "https://example.org")]
    [InlineData("--rse-cors", "https://example.org/path", "https://example.org")]
    [InlineData("--rse-ttl", "0", "1 to 2592000")]
    [InlineData("--rse-ttl", "2m", "1 to 2592000")]
    [InlineData("--connections-max", "0", "1 to 1000000")]
    [InlineData("--grpc-message-bytes-max", "1", "1024 to 16777216")]
    [InlineData("--log-level", "trace", "debug, information")]
    [InlineData("--log-format", "2", "text, json")]
    public void A_bad_value_is_named_with_what_would_be_right(string option, string value, string right)
    {
        var message = Assert.Throws<OptionException>(() => Read([option, value])).Message;
        Assert.StartsWith($"{option}: \"{value}\"", message);
        Assert.Contains(right, message);
    }

    [Fact]
    public void Pools_are_open_to_admins_until_somebody_beyond_this_machine_can_say_that_they_are_one()
    {
        Assert.True(Read().PoolsAreOpen);
        Assert.False(Read(["--grpc", "0.0.0.0:1"]).PoolsAreOpen);
        Assert.True(Read(["--http", "*:8080", "--zaqar-pools", "on"]).PoolsAreOpen);
    }

    [Theory]
    [InlineData("hunter2", "it must say where the secret is")]
    [InlineData("file:/no/such/hunter2", "cannot be read")]
    [InlineData("env:NO_SUCH_VARIABLE", "no variable NO_SUCH_VARIABLE")]
    public void A_password_is_given_by_where_it_is_and_not_repeated(string value, string right)
    {
        var message = Assert.Throws<OptionException>(() => Read(["--zaqar-smtp-password", value])).Message;
        Assert.StartsWith("--zaqar-smtp-password: its value does not fit; ", message);
        Assert.Contains(right, message);
        Assert.DoesNotContain($"\"{value}\"", message);
    }

    [Fact]
    public void A_password_is_read_from_a_variable_and_never_shown()
    {
        const string Variable = "MESH_TEST_PASSWORD";
        Environment.SetEnvironmentVariable(Variable, "hunter2");
        var options = Read(["--zaqar-smtp", "mail:587", "--zaqar-smtp-user", "me", "--zaqar-smtp-password", $"env:{Variable}"]);
        Assert.Equal("hunter2", options.ZaqarMail.ToOptions()!.Password);
        Assert.DoesNotContain("hunter2", options.ToString());
    }

    [Theory]
    [InlineData("hunter2", "key 1 of 1")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=,hunter2", "key 2 of 2")]
    public void A_key_that_is_none_is_told_of_by_its_place_and_not_repeated(string keys, string right)
    {
        const string Variable = "MESH_TEST_BAD_KEYS";
        Environment.SetEnvironmentVariable(Variable, keys);
        foreach (var value in new[] { keys, $"env:{Variable}" })
        {
            var message = Assert.Throws<OptionException>(() => Read(["--zaqar-message-keys", value])).Message;
            Assert.DoesNotContain("hunter2", message);
            Assert.DoesNotContain("MDEy", message);
            if (value != keys) Assert.Contains(right, message);
        }
    }

    [Fact]
    public void Keys_are_read_in_order_and_never_shown()
    {
        const string Variable = "MESH_TEST_KEYS";
        Environment.SetEnvironmentVariable(Variable, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=, ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=");
        var options = Read(["--zaqar-message-keys", $"env:{Variable}"]);
        Assert.Equal(["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"], options.ZaqarMessageKeys!.Keys.Select(key => System.Text.Encoding.ASCII.GetString(key)));
        Assert.DoesNotContain("MDEy", options.ToString());
    }

    [Theory]
    [InlineData("given both", "--zaqar-smtp-user", "me")]
    [InlineData("no certificate in PEM form", "--zaqar-smtp", "mail:25", "--zaqar-smtp-ca", "/dev/null")]
    [InlineData("--zaqar-smtp-from", "--zaqar-smtp", "mail:25", "--zaqar-smtp-from", "me")]
    public void Mail_options_that_do_not_go_together_are_named(string expected, params string[] arguments) =>
        Assert.Contains(expected, Assert.Throws<OptionException>(() => Read(arguments)).Message);

    [Fact]
    public void The_place_of_a_bad_value_is_named()
    {
        Assert.StartsWith("MESH__HTTP: \"x\"", Assert.Throws<OptionException>(() => Read([], null, ("MESH__HTTP", "x"))).Message);
        Assert.StartsWith("appsettings.json, Mesh:http: \"x\"", Assert.Throws<OptionException>(() => Read([], """{"Mesh":{"http":"x"}}""")).Message);
    }

    [Theory]
    [InlineData("--htpp", "--htpp is not known")]
    [InlineData("8080", "8080 is not known")]
    public void An_unknown_argument_is_named_with_those_there_are(string argument, string expected)
    {
        var message = Assert.Throws<OptionException>(() => Read([argument, "1"])).Message;
        Assert.StartsWith(expected, message);
        Assert.Contains("--http, --rse, --grpc, --resp", message);
    }

    [Fact]
    public void An_unknown_variable_or_name_in_the_file_is_an_error()
    {
        Assert.Contains("MESH__HTTP", Assert.Throws<OptionException>(() => Read([], null, ("MESH__PORT", "1"))).Message);
        Assert.StartsWith("appsettings.json, Mesh:port", Assert.Throws<OptionException>(() => Read([], """{"mesh":{"port":1}}""")).Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"Mesh":1}""")]
    public void A_file_that_is_no_settings_object_is_an_error(string json) =>
        Assert.StartsWith("appsettings.json: ", Assert.Throws<OptionException>(() => Read([], json)).Message);

    [Fact]
    public void A_file_may_hold_other_sections_and_comments() =>
        Assert.Equal(1, Read([], """{ "Other": { "http": "x" }, /* ours */ "Mesh": { "http": 1, } }""").Http!.Port);

    [Fact]
    public void An_option_without_its_value_is_an_error() =>
        Assert.StartsWith("--data needs a value", Assert.Throws<OptionException>(() => Read(["--data"])).Message);

    [Fact]
    public void Two_doors_cannot_share_an_address_unless_any_port_will_do()
    {
        Assert.StartsWith("--http and --resp both name 127.0.0.1:9001", Assert.Throws<OptionException>(() => Read(["--http", "9001", "--resp", "9001"])).Message);
        Assert.Equal(IPAddress.Loopback, Read(["--http", "0", "--resp", "0"]).Http!.Host);
    }

    [Fact]
    public void All_doors_off_is_an_error() =>
        Assert.Contains("at least one", Assert.Throws<OptionException>(() => Read(DoorArguments.Of("off"))).Message);

    [Fact]
    public void Help_names_every_option_and_wins_over_errors()
    {
        Assert.Null(OptionReader.Read(StandaloneOptions.Table, ["--nonsense", "--help"], [], null));
        var usage = StandaloneOptions.Table.Usage();
        Assert.All(StandaloneOptions.Table.All, option => Assert.Contains($"--{option.Name} {option.Form}", usage));
        Assert.All(StandaloneOptions.Table.All, option => Assert.Contains(option.Variable, usage));
    }

    private static RseMode[] Modes(StandaloneOptions options) => [options.RseModeAt(DoorKind.Rse), options.RseModeAt(DoorKind.Http)];

    private static StandaloneOptions Read(string[]? args = null, string? json = null, params (string Name, string Value)[] variables) =>
        OptionReader.Read(StandaloneOptions.Table, args ?? [], variables.Select(each => KeyValuePair.Create(each.Name, each.Value)), json)!;
}
