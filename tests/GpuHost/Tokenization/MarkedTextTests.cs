using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

public sealed class MarkedTextTests
{
    private static readonly Gen<MarkedText> Texts =
        from parts in Gen.ListOf(Gen.Elements("a", "bc", "").SelectMany(text => Gen.Elements(true, false).Select(outside => MarkedText.Of(text, outside))))
        select MarkedText.Concat(parts);

    [Fact]
    public void Substring_OfAnyText_KeepsTheMarkOfEachCharacter() => Prop.ForAll(
        Texts.ToArbitrary(), Gen.Choose(-2, 8).ToArbitrary(), Gen.Choose(0, 8).ToArbitrary(), (text, start, length) =>
        {
            var from = Math.Clamp(start, 0, text.Length);
            var to = Math.Clamp(start + length, from, text.Length);
            return Marks(text.Substring(start, length)).SequenceEqual(Marks(text).Skip(from).Take(to - from));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Concat_AnyTexts_HasTheMarksOfAll() => Prop.ForAll(Texts.ToArbitrary(), Texts.ToArbitrary(), (left, right) =>
        Marks(MarkedText.Concat([left, right])).SequenceEqual([.. Marks(left), .. Marks(right)])).QuickCheckThrowOnFailure();

    [Fact]
    public void Runs_OfAnyText_AreNotEmptyAndAlternate() => Prop.ForAll(Texts.ToArbitrary(), text =>
        text.Runs.All(run => run.Text.Length > 0) && text.Runs.Zip(text.Runs.Skip(1)).All(pair => pair.First.Outside != pair.Second.Outside))
        .QuickCheckThrowOnFailure();

    private static (char, bool)[] Marks(MarkedText text) => [.. text.Runs.SelectMany(run => run.Text.Select(c => (c, run.Outside)))];
}
