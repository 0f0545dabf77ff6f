using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 2.3.</summary>
public sealed class ChannelNameTests() : ChannelNameContract(RseServer.OpenAsync)
{
    [Theory]
    [InlineData("/p/eq%3D%3D", "/p/eq==")]
    [InlineData("/p/eq%3d%3D", "/p/eq==")]
    [InlineData("/p/a%2Fb", "/p/a/b")]
    [InlineData("/p/pl%2Bus", "/p/pl+us")]
    [InlineData("/p/pl+us", "/p/pl+us")]
    [InlineData("/p/low%c3%a9", "/p/low%C3%A9")]
    [InlineData("/p/sp%20ace", "/p/sp%20ace")]
    [InlineData("/p/tr/", "/p/tr/")]
    [InlineData("//dd", "//dd")]
    [InlineData("/p//dd", "/p//dd")]
    [InlineData("/p/../q/.", "/p/../q/.")]
    [InlineData("/%41%62%7e", "/Ab~")]
    [InlineData("/-_.~!$&'()*+,;=:@", "/-_.~!$&'()*+,;=:@")]
    [InlineData("/\"<>^`{|}", "/%22%3C%3E%5E%60%7B%7C%7D")]
    [InlineData("/%", "/%25")]
    [InlineData("/%4", "/%254")]
    [InlineData("/%zz%41", "/%25zzA")]
    [InlineData("/%25", "/%25")]
    [InlineData("/%2541", "/%2541")]
    [InlineData("/%ff", "/%FF")]
    [InlineData("/é", "/%C3%A9")]
    public void A_name_is_decoded_and_encoded_anew(string raw, string normal)
    {
        Assert.Equal(normal, ChannelPath.Normalise(raw, ""));
        if (!normal.Contains("%25", StringComparison.Ordinal)) Assert.Equal(normal, ChannelPath.Normalise(normal, ""));
    }

    [Theory]
    [InlineData("/a", "a", "")]
    [InlineData("/a/b/c", "a", "/b/c")]
    [InlineData("/a/", "a", "/")]
    [InlineData("//dd", "", "/dd")]
    [InlineData("//", "", "/")]
    [InlineData("///", "", "//")]
    public void A_name_is_a_tree_and_a_key(string path, string tree, string key)
    {
        Assert.Equal(new ChannelPath(tree, key), ChannelPath.Split(path));
        Assert.Equal(path, ChannelPath.Split(path).ToString());
    }

    [Theory]
    [InlineData("/rse/a", "/a")]
    [InlineData("/RSE/a", "/a")]
    [InlineData("/%72se/a", "/a")]
    [InlineData("/rse/", "/")]
    [InlineData("/rse//dd", "//dd")]
    [InlineData("/rse", null)]
    [InlineData("/rsebook/a", null)]
    [InlineData("/other/a", null)]
    public void A_path_base_is_taken_off(string raw, string? rest) => Assert.Equal(rest, ChannelPath.Normalise(raw, "/rse"));
}
