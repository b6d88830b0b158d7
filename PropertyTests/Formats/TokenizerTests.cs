using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Formats;

public class TokenizerTests
{
    [Theory]
    [InlineData("stories260k", "stories260k-n24")]
    [InlineData("stories260k", "stories260k-n96")]
    [InlineData("stories260k", "stories260k-n96-fp16")]
    [InlineData("stories260k", "stories260k-n96-bf16")]
    [InlineData("gpt2-basic", "gpt2-basic-n64")]
    [InlineData("bert-mini-shakespeare", "bert-mini-n50")]
    [InlineData("stories260k", "stories260k-n256")]
    [InlineData("nano-sort", "nano-sort-recorded-0")]
    [InlineData("nano-sort", "nano-sort-recorded-1")]
    [InlineData("nano-sort", "nano-sort-recorded-2")]
    public void A_models_tokenizer_gives_back_the_text(string model, string capture)
    {
        var truth = Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value();
        var tokenizer = Tokenizer.Read(Path.Combine(SamplePaths.Model(model), "tokenizer.json")).Value();
        Assert.Equal(truth.Text, truth.Ids.Map(tokenizer.Decode));
    }

    [Theory]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":true}""", "my lord, don't stay", "my", "lord", ",", "do", "##n", "##'t", "stay")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":true}""", "i'm.", "i", "'m", ".")]
    [InlineData("""{"type":"ByteFallback"}""", "aé\uFFFDb", "a", "<0xC3>", "<0xA9>", "", "<0xC3>", "b")]
    [InlineData("""{"type":"ByteFallback"}""", "\uFFFD\uFFFD", "<0xC3>", "<0x28>")]
    [InlineData("""{"type":"ByteLevel"}""", "Hi é\n", "Hi", "Ġ", "Ã", "©", "Ċ")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}""", "Hi you", "▁Hi", "▁you")]
    [InlineData("""{"type":"BPEDecoder","suffix":"</w>"}""", "hi you", "h", "i</w>", "you</w>")]
    [InlineData("""{"type":"Strip","content":"-","start":1,"stop":1}""", "-ab", "--a-", "b")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"[ab]+"},"content":"$1"}""", "x$1y", "xabay")]
    [InlineData("null", "a b", "a", "b")]
    public void A_decoder_joins_pieces_as_the_reference_does(string decoder, string text, params string[] pieces) =>
        Assert.Equal(text, Made(decoder, pieces).Value().Decode(toSeq(Enumerable.Range(0, pieces.Length))));

    [Fact]
    public void Special_tokens_are_left_out_and_unknown_ids_are_marked()
    {
        var tokenizer = Tokenizer.Read(Path.Combine(SamplePaths.Model("stories260k"), "tokenizer.json")).Value();
        Assert.Equal("Once", tokenizer.Decode(Seq(1, 403, 2, 9999)));
        Assert.Equal(("▁Once", "<9999?>"), (tokenizer.Piece(403), tokenizer.Piece(9999)));
    }

    [Fact]
    public void An_unknown_decoder_is_named() => Assert.Contains("type CTC is not supported", Made("""{"type":"CTC"}""", ["a"]).Errors()[0].Message);

    // Pieces may repeat, so each gets its id as a Unigram vocabulary gives it: by place.
    private static Fin<ITokenizer> Made(string decoder, string[] pieces)
    {
        using var folder = new TemporaryFolder();
        var vocabulary = string.Join(',', pieces.Select(piece => $"[{System.Text.Json.JsonSerializer.Serialize(piece)},0]"));
        File.WriteAllText(folder.File("tokenizer.json"), $$$"""{"model":{"vocab":[{{{vocabulary}}}]},"decoder":{{{decoder}}}}""");
        return Tokenizer.Read(folder.File("tokenizer.json"));
    }
}
