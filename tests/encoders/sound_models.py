"""Small random models of sound, one of each shape, saved as the Hub has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
# Seven convolutions as wav2vec 2.0 has, 320 samples apart, narrow; see 400 samples.
RAW: dict[str, Any] = {
    **SIZES,
    "conv_dim": (8,) * 7,
    "num_conv_pos_embeddings": 4,
    "num_conv_pos_embedding_groups": 2,
    "layerdrop": 0.0,
}


def raw(kind: str, **options: Any) -> tuple[Any, Any]:
    import transformers as t

    config = getattr(t, f"{kind}Config")(**RAW, **options)
    extract = t.Wav2Vec2FeatureExtractor(
        return_attention_mask=options.get("feat_extract_norm") == "layer"
    )
    return getattr(t, f"{kind}Model")(config), extract


def ast() -> tuple[Any, Any]:
    import transformers as t

    config = t.ASTConfig(**SIZES, num_mel_bins=32, max_length=64, time_stride=16)
    return t.ASTModel(config), t.ASTFeatureExtractor(num_mel_bins=32, max_length=64)


def whisper() -> tuple[Any, Any]:
    import transformers as t

    config = t.WhisperConfig(
        d_model=16,
        encoder_layers=2,
        encoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=16,
        num_mel_bins=20,
        max_source_positions=100,
        max_target_positions=4,
        vocab_size=8,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    extract = t.WhisperFeatureExtractor(feature_size=20, chunk_length=2)
    return t.WhisperModel(config), extract


def w2v_bert() -> tuple[Any, Any]:
    import transformers as t

    config = t.Wav2Vec2BertConfig(
        **SIZES, feature_projection_input_dim=160, conv_depthwise_kernel_size=3
    )
    return t.Wav2Vec2BertModel(config), t.SeamlessM4TFeatureExtractor()


MADE: dict[str, Callable[[], tuple[Any, Any]]] = {
    "wav2vec2": lambda: raw("Wav2Vec2"),
    "wav2vec2-large": lambda: raw("Wav2Vec2", feat_extract_norm="layer", do_stable_layer_norm=True),
    "hubert": lambda: raw("Hubert"),
    "wavlm": lambda: raw("WavLM"),
    "data2vec": lambda: raw("Data2VecAudio"),
    "ast": ast,
    "whisper": whisper,
    "w2v-bert": w2v_bert,
}


def saved(name: str, folder: Path) -> Path:
    """One of them in a folder."""
    import torch

    torch.manual_seed(0)
    model, extract = MADE[name]()
    model.save_pretrained(folder / name)
    extract.save_pretrained(folder / name)
    return folder / name
