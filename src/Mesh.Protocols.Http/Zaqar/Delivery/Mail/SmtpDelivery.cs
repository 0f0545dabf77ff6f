using System.Text;

namespace Mesh.Protocols.Http.Zaqar.Delivery.Mail;

/// <summary>Hands one mail to a server, over a connection of its own (RFC 5321; AUTH: RFC 4954). Thread-safe.</summary>
internal sealed class SmtpDelivery(SmtpOptions options)
{
    /// <param name="from">Where the server reports to when it fails later.</param>
    /// <param name="to">Whom it goes to.</param>
    /// <param name="text">The mail, as <see cref="MailText"/> writes it.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="SmtpException">The server did not take it.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers there.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The server's certificate is not good.</exception>
    public async Task SendAsync(string from, string to, ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        using var server = await SmtpConnection.OpenAsync(options.Host, options.Port, cancel).ConfigureAwait(false);
        var offers = await server.GreetAsync(cancel).ConfigureAwait(false);
        if (options.Tls != SmtpTls.Off && offers.Contains("STARTTLS"))
        {
            await server.EncryptAsync(options.Host, options.Authorities, cancel).ConfigureAwait(false);
            offers = await server.GreetAsync(cancel).ConfigureAwait(false);
        }

        if (options.Tls == SmtpTls.Required && !server.IsEncrypted) throw new SmtpException("it does not offer STARTTLS, which is required");
        if (options.User is { } user) await AuthenticateAsync(server, offers, user, options.Password!, cancel).ConfigureAwait(false);
        await server.CommandAsync($"MAIL FROM:<{from}>", "MAIL FROM", 250, cancel).ConfigureAwait(false);
        await server.CommandAsync($"RCPT TO:<{to}>", "RCPT TO", 250, cancel).ConfigureAwait(false);
        await server.SendTextAsync(text, cancel).ConfigureAwait(false);
        await QuitAsync(server, cancel).ConfigureAwait(false);
    }

    private static async Task AuthenticateAsync(SmtpConnection server, IReadOnlyList<string> offers, string user, string password, CancellationToken cancel)
    {
        if (!server.IsEncrypted) throw new SmtpException("it does not offer STARTTLS, and the password goes over encrypted connections alone");
        var mechanisms = offers.Where(offer => offer.StartsWith("AUTH ", StringComparison.Ordinal)).SelectMany(offer => offer.Split(' ')).ToHashSet();
        if (mechanisms.Contains("PLAIN"))
        {
            await server.CommandAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", "AUTH PLAIN", 235, cancel).ConfigureAwait(false);
            return;
        }

        if (!mechanisms.Contains("LOGIN")) throw new SmtpException("it offers neither AUTH PLAIN nor AUTH LOGIN");
        await server.CommandAsync("AUTH LOGIN", "AUTH LOGIN", 334, cancel).ConfigureAwait(false);
        await server.CommandAsync(Base64(user), "the user", 334, cancel).ConfigureAwait(false);
        await server.CommandAsync(Base64(password), "the password", 235, cancel).ConfigureAwait(false);
    }

    /// <summary>The mail is the server's now, whatever it says to this.</summary>
    private static async Task QuitAsync(SmtpConnection server, CancellationToken cancel)
    {
        try
        {
            await server.CommandAsync("QUIT", "QUIT", 221, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SmtpException or IOException or OperationCanceledException)
        {
            // Not worth a second mail.
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
