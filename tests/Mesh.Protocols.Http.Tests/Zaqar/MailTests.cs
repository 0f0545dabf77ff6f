using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Protocols.Http.Zaqar.Delivery.Mail;
using Mesh.Testing.Mail;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>How mailto subscribers are told (Zaqar specification, section 1.11).</summary>
public sealed class MailTests
{
    private const string Password = "correct horse";

    [Fact]
    public async Task A_mailto_subscriber_is_mailed_each_message_as_JSON()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { OffersTls = false });
        await using var zaqar = await ZaqarServer.StartAsync(new ZaqarOptions { Smtp = Through(server) with { From = "Mesh <mesh@example.org>" } });
        await SubscribeAsync(zaqar, "mailto:me%2Btag@example.org?subject=A%20new%20job");
        await zaqar.Client.PostMessagesAsync("q", """{"ttl":60,"body":"größer"},{"ttl":60,"body":2}""");
        var mails = new[] { await server.NextAsync(), await server.NextAsync() };
        Assert.All(mails, mail => Assert.Equal(("mesh@example.org", "me+tag@example.org", false), (mail.From, mail.To, mail.IsEncrypted)));
        Assert.All(mails, mail => Assert.Equal("A new job", mail.Header("Subject")));
        Assert.All(mails, mail => Assert.Equal("=?utf-8?B?TWVzaA==?= <mesh@example.org>", mail.Header("From")));
        Assert.All(mails, mail => Assert.Equal("Sun, 01 Mar 2026 12:00:00 +0000", mail.Header("Date")));
        var bodies = mails.Select(mail => JsonDocument.Parse(mail.Body()).RootElement).ToArray();
        Assert.Equal(["2", "größer"], bodies.Select(each => each.GetProperty("body").ToString()).Order(StringComparer.Ordinal));
        Assert.All(bodies, each => Assert.Equal("q", each.GetProperty("queue_name").GetString()));
    }

    [Fact]
    public async Task A_subscription_names_its_sender_and_subject()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { OffersTls = false });
        await using var zaqar = await ZaqarServer.StartAsync(new ZaqarOptions { Smtp = Through(server) });
        await SubscribeAsync(zaqar, "mailto:me@example.org?subject=unused", """{"from":"jobs@example.org","subject":"Straße\r\nBcc: all@example.org"}""");
        await zaqar.Client.PostNumbersAsync("q", 1);
        var mail = await server.NextAsync();
        Assert.Equal("jobs@example.org", mail.From);
        Assert.Equal($"=?utf-8?B?{Convert.ToBase64String("Straße  Bcc: all@example.org"u8)}?=", mail.Header("Subject"));
        Assert.DoesNotContain("\nBcc", mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN", "LOGIN")]
    [InlineData("LOGIN", "CRAM-MD5")]
    public async Task With_an_account_it_is_sent_encrypted_and_as_that_user(params string[] mechanisms)
    {
        await using var server = new SmtpServer(new SmtpServerTerms { Mechanisms = mechanisms, Account = ("mesh", Password) });
        await using var zaqar = await ZaqarServer.StartAsync(new ZaqarOptions { Smtp = Trusting(server) with { User = "mesh", Password = Password, Tls = SmtpTls.Required } });
        await SubscribeAsync(zaqar, "mailto:me@example.org");
        await zaqar.Client.PostNumbersAsync("q", 1);
        var mail = await server.NextAsync();
        Assert.True(mail.IsEncrypted);
        Assert.Equal("mesh", mail.User);
        Assert.Contains($"AUTH {mechanisms[0]}", server.Commands);
    }

    [Fact]
    public async Task A_server_that_cannot_now_is_asked_again()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { OffersTls = false, RefusesFirst = 2 });
        await using var zaqar = await ZaqarServer.StartAsync(new ZaqarOptions { Smtp = Through(server) });
        await SubscribeAsync(zaqar, "mailto:me@example.org");
        await zaqar.Client.PostNumbersAsync("q", 1);
        await server.NextAsync();
        Assert.Equal(3, server.Commands.Count(command => command.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_whose_certificate_nobody_vouches_for_gets_no_mail()
    {
        await using var server = new SmtpServer();
        await AssertFailsAsync(Through(server), "certificate");
        await AssertFailsAsync(Trusting(server) with { Host = "127.0.0.2" }, "did not take it"); // nobody listens there
        Assert.True(server.IsEmpty);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_encryption_is_required_a_server_without_it_gets_no_mail()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { OffersTls = false });
        await AssertFailsAsync(Through(server) with { Tls = SmtpTls.Required }, "does not offer STARTTLS");
        Assert.True(server.IsEmpty);
    }

    [Fact]
    public async Task A_password_is_never_sent_in_the_clear()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { OffersTls = false, Mechanisms = ["PLAIN", "LOGIN"], Account = ("mesh", Password) });
        await AssertFailsAsync(Through(server) with { User = "mesh", Password = Password }, "password goes over encrypted connections alone");
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_said_to_be_wrong_and_not_shown()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { Mechanisms = ["PLAIN"], Account = ("mesh", Password) });
        var reason = await AssertFailsAsync(Trusting(server) with { User = "mesh", Password = "battery staple" }, "535 no such account");
        Assert.DoesNotContain("battery", reason, StringComparison.Ordinal);
        await AssertFailsAsync(Trusting(server), "530");
    }

    [Fact]
    public async Task What_somebody_puts_in_before_the_encryption_begins_is_not_listened_to()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { AfterStartTls = "250-AUTH PLAIN" });
        await AssertFailsAsync(Trusting(server), "in the clear after STARTTLS");
    }

    [Fact]
    public async Task Without_a_server_the_reason_says_so()
    {
        await AssertFailsAsync(null, "no SMTP server is set");
    }

    [Theory]
    [InlineData(0, "a@b", "Port")]
    [InlineData(25, "nobody", "From")]
    public void Options_that_do_not_fit_are_named(int port, string from, string named)
    {
        var options = new ZaqarOptions { Smtp = new SmtpOptions { Host = "h", Port = port, From = from } };
        Assert.StartsWith(named, Assert.Throws<ArgumentException>(() => new ZaqarEndpoint(null!, options)).Message);
    }

    [Fact]
    public void Options_show_no_password() =>
        Assert.DoesNotContain(Password, new ZaqarOptions { Smtp = new SmtpOptions { Host = "h", User = "u", Password = Password } }.ToString(), StringComparison.Ordinal);

    private static SmtpOptions Through(SmtpServer server) => new() { Host = "127.0.0.1", Port = server.Port };

    private static SmtpOptions Trusting(SmtpServer server) => Through(server) with { Host = "localhost", Authorities = new X509Certificate2Collection(server.Certificate) };

    private static async Task<string> AssertFailsAsync(SmtpOptions? smtp, string reason)
    {
        var sender = new MailSender(new ZaqarOptions { Smtp = smtp }, TimeProvider.System);
        var result = await sender.SendAsync(
            new("s", StreamName.Queue("q"), "mailto:me@example.org", 60, DateTimeOffset.UnixEpoch, [], true), DeliveryOptions.Parse("{}"u8), "{}"u8.ToArray(), CancellationToken.None);
        Assert.Equal(DeliveryOutcome.Failed, result.Outcome);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        return result.Reason!;
    }

    private static async Task SubscribeAsync(ZaqarServer server, string subscriber, string options = "{}") =>
        Assert.Equal(201, (await server.Client.PostAsync("/v2/queues/q/subscriptions", $$"""{"subscriber":"{{subscriber}}","options":{{options}}}""")).Status);
}
