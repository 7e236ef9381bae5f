"""The Streamlit application: what planners see."""
