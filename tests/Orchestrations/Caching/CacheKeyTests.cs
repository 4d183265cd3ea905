using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hybrid.Orchestrations.Caching;

namespace Hybrid.Orchestrations.Tests.Caching;

public sealed class CacheKeyTests
{
    [Fact]
    public void Keys_OfAnyTwoSetsOfFields_AreEqualOnlyForEqualFields()
    {
        // Few letters, the separator among them, so that ambiguous joins would be found.
        var text = Gen.Elements('a', '1', ':', '2').ArrayOf().Select(letters => new string(letters));
        var fields = from kind in Gen.Elements(Enum.GetValues<CacheKind>())
                     from tenant in text
                     from model in text
                     from version in Gen.Choose(0, 22)
                     from request in text
                     select (kind, tenant, model, version, request);
        var pairs = fields.SelectMany(one => Gen.Frequency((3, fields), (1, Gen.Constant(one))), (one, other) => (one, other));

        Prop.ForAll(pairs.ToArbitrary(), pair => (Of(pair.one) == Of(pair.other)) == (pair.one == pair.other))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void Key_OfOneRequest_IsTheSameInEveryProcess() => Assert.Equal(
        "1:embedding:4:acme:10:demo-embed:3:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        CacheKey.Of(CacheKind.Embedding, "acme", "demo-embed", 3, "abc"u8).Text);

    private static string Of((CacheKind Kind, string Tenant, string Model, int Version, string Request) fields) =>
        CacheKey.Of(fields.Kind, fields.Tenant, fields.Model, fields.Version, Encoding.UTF8.GetBytes(fields.Request)).Text;
}
