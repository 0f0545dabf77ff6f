using System.Text;
using System.Text.Json;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 2.4, "What counts as valid JSON".</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData(" \r\n[ ] \n")]
    [InlineData("[true,false,null]")]
    [InlineData("[0,-0,1,10,1.5,-1.5,1e5,1E5,1e+5,1e-05,1.25E-2]")]
    [InlineData("""["\u00e9\uD83D\"\\\/\b\f\n\r\t"]""")]
    [InlineData("""{"a":{"b":[{"c":[]}]},"":1}""")]
    [InlineData("{\"a\" : 1 , \"b\":\n[ 1 ,2 ] }")]
    [InlineData("[\"\u007f😀\"]")]
    [InlineData("\t[\t1\t,\t{\t\"a\"\t:\t1\t}\t]\t")] // the original refuses tabs between tokens; the standard does not
    [InlineData("[\"tab\there\"]")] // as the original
    [InlineData("[\"\u0001\0\u001f\"]")] // as the original
    [InlineData("[-01,-00.5]")] // as the original
    public void Acceptable(string text) => Assert.Equal(JsonVerdict.Acceptable, Judge(text));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1")]
    [InlineData("\"s\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("{")]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1,,2]")]
    [InlineData("[1 2]")]
    [InlineData("[1]]")]
    [InlineData("[1]x")]
    [InlineData("[1][2]")]
    [InlineData("{}{}")]
    [InlineData("{,}")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1 \"b\":2}")]
    [InlineData("{\"a\":1]")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("{1:1}")]
    [InlineData("{\"a\"\"b\"}")]
    [InlineData("[NaN]")]
    [InlineData("[Infinity]")]
    [InlineData("[-Infinity]")]
    [InlineData("[1.]")]
    [InlineData("[.5]")]
    [InlineData("[01]")]
    [InlineData("[00]")]
    [InlineData("[+1]")]
    [InlineData("[-]")]
    [InlineData("[1e]")]
    [InlineData("[1e+]")]
    [InlineData("[1.e5]")]
    [InlineData("[0x1]")]
    [InlineData("[1a]")]
    [InlineData("[truex]")]
    [InlineData("[True]")]
    [InlineData("[tru]")]
    [InlineData("[nul")]
    [InlineData("[\"]")]
    [InlineData("[\"\\\"]")]
    [InlineData("[\"\\x\"]")]
    [InlineData("[\"\\u12\"]")]
    [InlineData("[\"\\u12g4\"]")]
    [InlineData("[\"\\u")]
    [InlineData("[\"a\nb\"]")]
    [InlineData("[\"a\rb\"]")]
    [InlineData("[\"a\bb\"]")]
    [InlineData("[\"a\fb\"]")]
    [InlineData("[1]\f")]
    [InlineData("[1\v]")]
    [InlineData("[1]\0")]
    [InlineData("\uFEFF[1]")]
    [InlineData("[1\u00A0]")]
    [InlineData("[1] // note")]
    public void Invalid(string text) => Assert.Equal(JsonVerdict.Invalid, Judge(text));

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Nesting_is_bounded(char open, char close)
    {
        var inner = open == '{' ? "{\"a\":" : "[";
        Assert.Equal(JsonVerdict.Acceptable, Judge(Nested(512)));
        Assert.Equal(JsonVerdict.TooDeep, Judge(Nested(513)));
        Assert.Equal(JsonVerdict.TooDeep, Judge(string.Concat(Enumerable.Repeat(inner, 1_000_000))));

        string Nested(int depth) => string.Concat(Enumerable.Repeat(inner, depth - 1)) + open + new string(close, depth);
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0xC0, 0x80)]
    [InlineData(0xED, 0xA0, 0x80)]
    [InlineData(0xE2, 0x82)]
    public void Bytes_that_are_not_utf8_are_told_apart(params int[] bytes)
    {
        byte[] text = [.. "[\""u8, .. bytes.Select(value => (byte)value), .. "\"]"u8];
        Assert.Equal(JsonVerdict.NotUtf8, JsonText.Judge(text));
    }

    [Fact]
    public void Every_front_part_of_a_text_is_invalid()
    {
        var text = Encoding.UTF8.GetBytes("""{"a":[1.5e+3,-0,"\u00e9\\"],"b":{"c":null,"d":[true,false,{}]}}""");
        for (var length = 0; length < text.Length; length++) Assert.Equal(JsonVerdict.Invalid, JsonText.Judge(text.AsSpan(0, length)));
        Assert.Equal(JsonVerdict.Acceptable, JsonText.Judge(text));
    }

    [Fact]
    public void It_agrees_with_the_platform_on_damaged_texts_but_where_the_original_differs()
    {
        const int Seed = 20260301;
        var random = new Random(Seed);
        var alphabet = "[]{}:,\"\\/ \n0123456789.eE+-truefalsnabu"u8.ToArray();
        var samples = new[] { """{"a":[1.5e+3,-0,"\u00e9\\"],"b":{"c":null}}""", """[ {"x":"y\n"} , [ ] , 10 , false ]""" };
        var (accepted, differed) = (0, 0);
        for (var round = 0; round < 50_000; round++)
        {
            var text = Encoding.UTF8.GetBytes(samples[round % samples.Length]);
            for (var edits = random.Next(1, 3); edits > 0; edits--) text[random.Next(text.Length)] = alphabet[random.Next(alphabet.Length)];
            var mine = JsonText.Judge(text) == JsonVerdict.Acceptable;
            if (mine) accepted++;
            if (mine == IsObjectOrArray(text)) continue;
            differed++;
            Assert.True(mine && Encoding.UTF8.GetString(text) is var shown && shown.Contains("-0", StringComparison.Ordinal), $"seed {Seed}, round {round}: {Encoding.UTF8.GetString(text)}");
        }

        Assert.True(accepted > 1000, $"Too few of the texts were acceptable to mean anything: {accepted}, {differed} apart.");
    }

    private static bool IsObjectOrArray(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonVerdict Judge(string text) => JsonText.Judge(Encoding.UTF8.GetBytes(text));
}
